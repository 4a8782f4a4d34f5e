import { at, nullToken, type TokenTree, type Utterance } from "./token-tree.ts";

/**
 * f^parse: V^n → A, deterministic, extended to nullified utterances. Actions are 0 … numActions − 1, the last of them
 * `invalid`: as in an environment's action factors (`INVALID_LABEL`), what cannot be parsed is an outcome of its own, so
 * that f^parse stays a function. The random fallback is the environment's: see {@link TabularMdp}.
 */
export interface Parser {
  /** Legal actions and `invalid`. */
  readonly numActions: number;
  /** `tokens` may hold the null token anywhere. */
  parse(tokens: readonly number[]): number;
}

/** A parser by its table over (V + 1)^n token sequences, null being token V; lexicographic. */
export function parserFromTable(tree: TokenTree, numActions: number, table: readonly number[]): Parser {
  const base = nullToken(tree) + 1;
  return {
    numActions,
    parse: (tokens) =>
      at(
        table,
        tokens.reduce((index, token) => index * base + token, 0),
      ),
  };
}

/** f^parse(y) of every utterance that a policy can say. */
export function parsedActions(tree: TokenTree, parser: Parser): number[] {
  return tree.utterances.map(({ tokens }) => parser.parse(tokens));
}

/** y^{-i} ∪ y_null^i */
export function nullified(tree: TokenTree, { tokens }: Pick<Utterance, "tokens">, position: number): number[] {
  return tokens.map((token, i) => (i === position ? nullToken(tree) : token));
}
