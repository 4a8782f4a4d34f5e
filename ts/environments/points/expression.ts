import { negative, product, type Rational, reciprocal, sum, whole } from "./rational.ts";

/**
 * Why a text has no value:
 * - `empty`: nothing but blanks
 * - `unknown-character`: neither a digit, an operator, a parenthesis nor a blank
 * - `power`, `floor-division`: `**` and `//`, operators of other languages, also with blanks between
 * - `missing-operand`: an operator, a parenthesis or the end where a number should stand
 * - `juxtaposition`: two operands without an operator between them
 * - `unbalanced-parenthesis`: one that is never closed, or never opened
 * - `division-by-zero`
 */
export type ExpressionFault =
  | "empty"
  | "unknown-character"
  | "power"
  | "floor-division"
  | "missing-operand"
  | "juxtaposition"
  | "unbalanced-parenthesis"
  | "division-by-zero";

export type Evaluation =
  | { kind: "value"; value: Rational }
  /** The first fault from the left. */
  | { kind: "invalid"; reason: ExpressionFault };

export const OPERATORS = ["+", "-", "*", "/"] as const;
export type Operator = (typeof OPERATORS)[number];

/**
 * The exact value of whole numbers, `+ - * /` and parentheses with the usual precedence, left to right. Signs before an
 * operand count, as in `-3 + 4`. Blanks separate numbers and mean nothing else.
 */
export function evaluate(text: string): Evaluation {
  if (/[^-+*/()\d\s]/.test(text)) return { kind: "invalid", reason: "unknown-character" };
  const value = new Parser(text.match(/\d+|\S/g) ?? []).parse();
  return typeof value === "string" ? { kind: "invalid", reason: value } : { kind: "value", value };
}

export function apply(operator: Operator, left: Rational, right: Rational): Rational | "division-by-zero" {
  switch (operator) {
    case "+":
      return sum(left, right);
    case "-":
      return sum(left, negative(right));
    case "*":
      return product(left, right);
    case "/": {
      const inverse = reciprocal(right);
      return inverse === null ? "division-by-zero" : product(left, inverse);
    }
  }
}

type Parsed = Rational | ExpressionFault;

/** Recursive descent: terms of `+ -`, of factors of `* /`, of signed operands. */
class Parser {
  readonly #tokens: readonly string[];
  #position = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  parse(): Parsed {
    if (this.#tokens.length === 0) return "empty";
    const value = this.#terms();
    const left = this.#peek();
    if (typeof value === "string" || left === undefined) return value;
    return left === ")" ? "unbalanced-parenthesis" : "juxtaposition";
  }

  #terms(): Parsed {
    return this.#chain(["+", "-"], () => this.#factors());
  }

  #factors(): Parsed {
    return this.#chain(["*", "/"], () => this.#operand());
  }

  #chain(operators: readonly Operator[], operand: () => Parsed): Parsed {
    let left = operand();
    while (typeof left !== "string") {
      const operator = operators.find((each) => each === this.#peek());
      if (operator === undefined) return left;
      this.#position++;
      if (this.#peek() === operator) {
        if (operator === "*") return "power";
        if (operator === "/") return "floor-division";
      }
      const right = operand();
      left = typeof right === "string" ? right : apply(operator, left, right);
    }
    return left;
  }

  #operand(): Parsed {
    const token = this.#peek();
    this.#position++;
    if (token === undefined) return "missing-operand";
    if (token === "(") return this.#parenthesised();
    if (token === "+") return this.#operand();
    if (token === "-") {
      const value = this.#operand();
      return typeof value === "string" ? value : negative(value);
    }
    return /^\d/.test(token) ? whole(BigInt(token)) : "missing-operand";
  }

  #parenthesised(): Parsed {
    const value = this.#terms();
    if (typeof value === "string") return value;
    const closing = this.#peek();
    this.#position++;
    if (closing === ")") return value;
    return closing === undefined ? "unbalanced-parenthesis" : "juxtaposition";
  }

  #peek(): string | undefined {
    return this.#tokens[this.#position];
  }
}
