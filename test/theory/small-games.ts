import type { Parser } from "./parser.ts";
import type { SoftProblem } from "./policy-evaluation.ts";
import { withRandomFallback } from "./tabular-mdp.ts";
import { at, tokenTree } from "./token-tree.ts";

/** Tokens 0 and 1, of which the last is the action, 0 or 1; without it (null is token 2) the utterance is invalid, 2. */
export const lastDecides: Parser = { numActions: 3, parse: (tokens) => at(tokens, -1) };

/** One state that no action leaves, and utterances of one token, which is the action. */
export function oneTokenGame(rewards: readonly [number, number], gamma: number, alpha: number): SoftProblem {
  const mdp = withRandomFallback({ gamma, rewards: [rewards], transitions: [[[1], [1]]] });
  return { mdp, tree: tokenTree(2, 1), parser: lastDecides, alpha };
}
