import { nullified, type Parser } from "./parser.ts";
import { type TokenPolicy, utteranceProbabilities } from "./token-policy.ts";
import { at, nullToken, sum, type TokenTree } from "./token-tree.ts";

/** B^i of every utterance in one state, as [utterance][position]; none is negative. */
export type UtteranceWeights = readonly (readonly number[])[];

/** Weights for every state: whatever decides them, the lemmas need them not to depend on the policy. */
export type CausalWeights = readonly UtteranceWeights[];

/** Eq. 4 with f^parse itself as the SCM and D the 0/1 distance: does nullifying y^i change the action? */
export function parseChangeWeights(tree: TokenTree, parser: Parser): UtteranceWeights {
  return tree.utterances.map((utterance) =>
    utterance.tokens.map((_, i) =>
      parser.parse(utterance.tokens) === parser.parse(nullified(tree, utterance, i)) ? 0 : 1,
    ),
  );
}

/** Eq. 6 with the SCM of {@link smoothedLikelihood}: B^i = |P(a | y) − P(a | y^{-i} ∪ y_null^i)| for a = f^parse(y). */
export function likelihoodWeights(tree: TokenTree, parser: Parser, noise: number): UtteranceWeights {
  return tree.utterances.map((utterance) => {
    const action = parser.parse(utterance.tokens);
    const factual = smoothedLikelihood(tree, parser, noise, utterance.tokens, action);
    return utterance.tokens.map((_, i) =>
      Math.abs(factual - smoothedLikelihood(tree, parser, noise, nullified(tree, utterance, i), action)),
    );
  });
}

/**
 * P(a | y) under a = f^parse(y with noise), where the exogenous noise nullifies each token by itself with probability
 * `noise` (Assumption 4.1, Eq. 5). Summed over all 2^n outcomes of the noise.
 */
export function smoothedLikelihood(
  tree: TokenTree,
  parser: Parser,
  noise: number,
  tokens: readonly number[],
  action: number,
): number {
  const likelihood = (kept: readonly number[]): number => {
    if (kept.length === tokens.length) return parser.parse(kept) === action ? 1 : 0;
    const token = at(tokens, kept.length);
    return (1 - noise) * likelihood([...kept, token]) + noise * likelihood([...kept, nullToken(tree)]);
  };
  return likelihood([]);
}

/**
 * Eq. 6 with an SCM that has learnt from the policy's own utterances to read null as "whatever stood here":
 * P(a | y^{-i} ∪ null) = Pr_π(f^parse(Y) = a | Y^{-i} = y^{-i}). So these weights depend on the policy. Where the policy
 * never says y^{-i}, every token is as likely as any other.
 */
export function ownSampleWeights(tree: TokenTree, parser: Parser, policy: TokenPolicy): UtteranceWeights {
  const probabilities = utteranceProbabilities(tree, policy);
  return tree.utterances.map(({ tokens }) =>
    tokens.map((_, i) => {
      const alike = tree.utterances.filter((other) => other.tokens.every((token, j) => j === i || token === tokens[j]));
      const mass = sum(alike.map(({ index }) => at(probabilities, index)));
      const same = alike.filter((other) => parser.parse(other.tokens) === parser.parse(tokens));
      if (mass === 0) return 1 - same.length / alike.length;
      return 1 - sum(same.map(({ index }) => at(probabilities, index))) / mass;
    }),
  );
}

/** B^i(y) = weight of the prefix y^{1:i−1}: the case with a closed-form maximiser. */
export function prefixWeights(tree: TokenTree, ofPrefix: readonly number[]): UtteranceWeights {
  return tree.utterances.map(({ prefixes }) => prefixes.map((prefix) => at(ofPrefix, prefix)));
}
