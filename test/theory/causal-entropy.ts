import type { UtteranceWeights } from "./causal-weights.ts";
import { entropy, prefixProbabilities, type TokenPolicy, utteranceProbabilities } from "./token-policy.ts";
import { at, dot, sum, type TokenTree } from "./token-tree.ts";

/** H(y^i | y^{1:i−1}) for i = 1 … n (A.5): token entropies averaged over the prefixes that π says. */
export function conditionalEntropies(tree: TokenTree, policy: TokenPolicy): number[] {
  const weights = prefixProbabilities(tree, policy);
  const entropies = new Array<number>(tree.length).fill(0);
  const depths = prefixDepths(tree);
  for (const [prefix, distribution] of policy.entries()) {
    const position = at(depths, prefix);
    entropies[position] = at(entropies, position) + at(weights, prefix) * entropy(distribution);
  }
  return entropies;
}

/**
 * H^B(π(·|s)) = E_{y∼π}[Σ_i B^i(y) h(y^{1:i−1})], h being the entropy of the next token at that prefix: what the loss
 * of an update estimates from a sample of utterances, exact over all of them.
 */
export function causalEntropy(tree: TokenTree, policy: TokenPolicy, weights: UtteranceWeights): number {
  return dot(utteranceProbabilities(tree, policy), utteranceBonuses(tree, policy, weights));
}

/**
 * The other reading of Eq. 7: Σ_i E_y[B^i(y)] H(y^i | y^{1:i−1}), the product of two averages instead of the average
 * of a product.
 */
export function averagedCausalEntropy(tree: TokenTree, policy: TokenPolicy, weights: UtteranceWeights): number {
  const probabilities = utteranceProbabilities(tree, policy);
  const entropies = conditionalEntropies(tree, policy);
  return sum(
    entropies.map(
      (each, i) =>
        each *
        dot(
          probabilities,
          weights.map((row) => at(row, i)),
        ),
    ),
  );
}

/** Σ_i B^i(y) h(y^{1:i−1}) of every utterance y. */
export function utteranceBonuses(tree: TokenTree, policy: TokenPolicy, weights: UtteranceWeights): number[] {
  const entropies = policy.map(entropy);
  return tree.utterances.map(({ index, prefixes }) =>
    sum(prefixes.map((prefix, i) => at(at(weights, index), i) * at(entropies, prefix))),
  );
}

function prefixDepths({ utterances, numPrefixes }: TokenTree): number[] {
  const depths = new Array<number>(numPrefixes).fill(0);
  for (const { prefixes } of utterances) for (const [depth, prefix] of prefixes.entries()) depths[prefix] = depth;
  return depths;
}
