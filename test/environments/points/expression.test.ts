import { expect } from "chai";
import fc from "fast-check";
import {
  type ExpressionFault,
  evaluate,
  OPERATORS,
  type Operator,
} from "../../../ts/environments/points/expression.ts";
import { areEqual, type Rational, whole } from "../../../ts/environments/points/rational.ts";

describe("expressions", () => {
  for (const [text, numerator, denominator] of [
    ["7", 7, 1],
    ["10", 10, 1],
    ["2+3*4", 14, 1],
    ["(2+3)*4", 20, 1],
    ["10-4-3", 3, 1],
    ["8/4/2", 1, 1],
    ["8/(4/2)", 4, 1],
    ["6/4*2", 3, 1],
    ["8/(3-8/3)", 24, 1],
    ["1/3", 1, 3],
    ["-3+4", 1, 1],
    ["2*-3", -6, 1],
    ["4--(+3)", 7, 1],
    [" ( 3 *  4 ) ", 12, 1],
    ["((((5))))", 5, 1],
    ["99999999999999999999-99999999999999999998", 1, 1],
  ] as const) {
    it(`reads ${text}`, () => {
      const result = evaluate(text);
      if (result.kind === "invalid") expect.fail(result.reason);
      expect(areEqual(result.value, { numerator: BigInt(numerator), denominator: BigInt(denominator) })).to.equal(true);
    });
  }

  const faults: Record<ExpressionFault, string[]> = {
    empty: ["", "   "],
    "unknown-character": ["2+x", "1.5", "3=3", "2^3", "٣+1"],
    power: ["2**3", "2* *3", "2*3**2"],
    "floor-division": ["8//3", "8/ /3"],
    "missing-operand": ["3+", "*3", "()", "(", "3+)", "2*/3", "-"],
    juxtaposition: ["1 2", "2(3)", "(2)(3)", "(2)3", "(1 2)"],
    "unbalanced-parenthesis": ["(3", "3)", "(3+4))", "((3)"],
    "division-by-zero": ["1/0", "3/(2-2)", "0/(1/2-2/4)"],
  };
  for (const [reason, texts] of Object.entries(faults)) {
    it(`refuses ${texts.map((text) => JSON.stringify(text)).join(", ")}: ${reason}`, () => {
      for (const text of texts) expect(evaluate(text), text).to.deep.equal({ kind: "invalid", reason });
    });
  }

  it("has the value of any tree that is written out, with or without needless parentheses", () => {
    fc.assert(
      fc.property(tree, fc.boolean(), (given, isGenerous) => {
        const expected = reference(given);
        const result = evaluate(text(given, isGenerous));
        if (expected === null) expect(result).to.deep.equal({ kind: "invalid", reason: "division-by-zero" });
        else expect(result.kind === "value" && areEqual(result.value, expected)).to.equal(true);
      }),
    );
  });

  it("is total over strings of its own characters", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."0123456789+-*/() ") }), (any) => {
        expect(evaluate(any).kind).to.be.oneOf(["value", "invalid"]);
      }),
    );
  });
});

describe("rationals", () => {
  it("are equal across signs and common factors, and otherwise not", () => {
    expect(areEqual({ numerator: -2n, denominator: 4n }, { numerator: 3n, denominator: -6n })).to.equal(true);
    expect(areEqual({ numerator: 1n, denominator: 3n }, { numerator: 1n, denominator: -3n })).to.equal(false);
    expect(areEqual({ numerator: 0n, denominator: 5n }, whole(0))).to.equal(true);
  });
});

type Tree = number | { operator: Operator; left: Tree; right: Tree };

const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5 },
    fc.nat({ max: 13 }),
    fc.record({ operator: fc.constantFrom(...OPERATORS), left: tie("tree"), right: tie("tree") }),
  ),
}));

/** By pairs of bigints in lowest terms, apart from the code under test; null for a division by zero. */
function reference(given: Tree): Rational | null {
  if (typeof given === "number") return whole(given);
  const [left, right] = [reference(given.left), reference(given.right)];
  if (left === null || right === null) return null;
  const [a, b, c, d] = [left.numerator, left.denominator, right.numerator, right.denominator];
  const [numerator, denominator] = {
    "+": [a * d + c * b, b * d],
    "-": [a * d - c * b, b * d],
    "*": [a * c, b * d],
    "/": [a * d, b * c],
  }[given.operator] as [bigint, bigint];
  if (denominator === 0n) return null;
  const divisor = greatestCommonDivisor(numerator, denominator);
  return { numerator: numerator / divisor, denominator: denominator / divisor };
}

function greatestCommonDivisor(one: bigint, other: bigint): bigint {
  return other === 0n ? one : greatestCommonDivisor(other, one % other);
}

/** Generous: every operation in parentheses. Otherwise only where precedence and left-to-right reading need them. */
function text(given: Tree, isGenerous: boolean): string {
  if (typeof given === "number") return String(given);
  const { operator, left, right } = given;
  const rank = (each: Tree) => (typeof each === "number" ? 2 : "+-".includes(each.operator) ? 0 : 1);
  const own = rank(given);
  const part = (each: Tree, isNeeded: boolean) =>
    isGenerous || isNeeded ? `(${text(each, isGenerous)})` : text(each, isGenerous);
  return `${part(left, rank(left) < own)} ${operator}${part(right, rank(right) <= own)}`;
}
