import { apply, OPERATORS, type Operator } from "./expression.ts";
import { areEqual, type Rational, whole } from "./rational.ts";

/** Numbers, operators and parentheses in reading order. */
export type SolutionFormula = readonly string[];

export interface Problem {
  /** Positive whole numbers, each to be used exactly once. */
  readonly numbers: readonly number[];
  readonly target: number;
  readonly operators?: readonly Operator[];
}

const solved = new Map<string, readonly SolutionFormula[]>();

/**
 * Every formula that makes the target of all numbers, without needless parentheses, each once; empty where there is
 * none. Kept for the life of the process: an exhaustive search for four numbers takes milliseconds.
 */
export function solutions({ numbers, target, operators = OPERATORS }: Problem): readonly SolutionFormula[] {
  const sorted = ascending(numbers);
  const key = keyOf(sorted, target, operators);
  let found = solved.get(key);
  if (found === undefined) {
    const distinct = new Map<string, SolutionFormula>();
    const wanted = whole(target);
    for (const term of combinations(sorted.map(numberTerm), operators)) {
      if (!areEqual(term.value, wanted)) continue;
      const formula = written(term);
      distinct.set(formula.join(" "), formula);
    }
    found = [...distinct.values()];
    solved.set(key, found);
  }
  return found;
}

const solvable = new Map<string, boolean>();

/** Whether there is any such formula: an answer that does not wait for all of them. Kept like them. */
export function isSolvable({ numbers, target, operators = OPERATORS }: Problem): boolean {
  const sorted = ascending(numbers);
  const key = keyOf(sorted, target, operators);
  let isFound = solvable.get(key);
  if (isFound === undefined) {
    isFound = canMake(whole(target), sorted.map(whole), operators);
    solvable.set(key, isFound);
  }
  return isFound;
}

function ascending(numbers: readonly number[]): readonly number[] {
  return [...numbers].sort((one, other) => one - other);
}

function keyOf(numbers: readonly number[], target: number, operators: readonly Operator[]): string {
  return `${numbers} ${target} ${operators.join("")}`;
}

function canMake(wanted: Rational, values: readonly Rational[], operators: readonly Operator[]): boolean {
  const [only] = values;
  if (only !== undefined && values.length === 1) return areEqual(only, wanted);
  return values.some((left, index) =>
    values.some((right, otherIndex) => {
      if (index === otherIndex) return false;
      const others = values.filter((_, each) => each !== index && each !== otherIndex);
      return operators.some((operator) => {
        // The sum and the product of two values are the same in either order.
        if (otherIndex < index && (operator === "+" || operator === "*")) return false;
        const value = apply(operator, left, right);
        return value !== "division-by-zero" && canMake(wanted, [...others, value], operators);
      });
    }),
  );
}

interface Term {
  readonly value: Rational;
  readonly content: number | { readonly operator: Operator; readonly left: Term; readonly right: Term };
}

function numberTerm(number: number): Term {
  return { value: whole(number), content: number };
}

/** All ways to join the terms into one. */
function* combinations(terms: readonly Term[], operators: readonly Operator[]): Generator<Term> {
  const [only] = terms;
  if (only !== undefined && terms.length === 1) yield only;
  for (const [index, left] of terms.entries()) {
    for (const [otherIndex, right] of terms.entries()) {
      if (index === otherIndex) continue;
      const others = terms.filter((_, each) => each !== index && each !== otherIndex);
      for (const operator of operators) {
        const value = apply(operator, left.value, right.value);
        if (value === "division-by-zero") continue;
        yield* combinations([...others, { value, content: { operator, left, right } }], operators);
      }
    }
  }
}

function written({ content }: Term): string[] {
  if (typeof content === "number") return [String(content)];
  const { operator, left, right } = content;
  const [own, before, after] = [precedence(operator), precedenceOf(left), precedenceOf(right)];
  // What follows - or / is taken as one, so that its own operators of that precedence need parentheses.
  const isAfterTight = after < own || (after === own && (operator === "-" || operator === "/"));
  return [...enclosed(written(left), before < own), operator, ...enclosed(written(right), isAfterTight)];
}

function enclosed(formula: string[], isNeeded: boolean): string[] {
  return isNeeded ? ["(", ...formula, ")"] : formula;
}

function precedenceOf({ content }: Term): number {
  return typeof content === "number" ? 2 : precedence(content.operator);
}

function precedence(operator: Operator): number {
  return operator === "+" || operator === "-" ? 0 : 1;
}
