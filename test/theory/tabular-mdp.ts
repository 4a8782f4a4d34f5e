import { at, sum } from "./token-tree.ts";

/**
 * (S, A, P, r, γ) with finite S and A, the last action being `invalid`. Rows of P may sum to less than 1: the rest ends
 * the episode, after which there is neither reward nor entropy.
 */
export interface TabularMdp {
  /** In [0, 1). */
  readonly gamma: number;
  /** r(s, a) */
  readonly rewards: readonly (readonly number[])[];
  /** P(s' | s, a) as [s][a][s'] */
  readonly transitions: readonly (readonly (readonly number[])[])[];
}

/**
 * Adds the action `invalid` to tables of legal actions. Its fallback is a uniformly random legal action, which the
 * environment draws and not f^parse; so its reward and its transitions are the legal actions' averages.
 */
export function withRandomFallback(legal: TabularMdp): TabularMdp {
  return {
    gamma: legal.gamma,
    rewards: legal.rewards.map((row) => [...row, sum(row) / row.length]),
    transitions: legal.transitions.map((rows) => [
      ...rows,
      at(rows, 0).map((_, next) => sum(rows.map((row) => at(row, next))) / rows.length),
    ]),
  };
}
