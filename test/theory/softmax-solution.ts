import { parsedActions } from "./parser.ts";
import type { SoftProblem } from "./policy-evaluation.ts";
import { entropy, softmax, type TokenPolicy } from "./token-policy.ts";
import { at, dot } from "./token-tree.ts";

/**
 * The exact maximiser where B^i depends on the prefix alone, b(y^{1:i−1}), from the last token to the first:
 * π(v | p) ∝ exp(W(p v) / (α b(p))) with W(p) = α b(p) log Σ_v exp(W(p v) / (α b(p))), and W(y) = Q(s, f^parse(y)).
 * Where b(p) is 0, W(p) = max_v W(p v). Returns the policy and W of the empty prefix.
 */
export function softmaxSolution(
  { tree, parser, alpha }: SoftProblem,
  weightOfPrefix: readonly number[],
  values: readonly number[],
): { policy: TokenPolicy; value: number } {
  const nodes = [...weightOfPrefix, ...parsedActions(tree, parser).map((action) => at(values, action))];
  const policy = new Array<number[]>(tree.numPrefixes);
  for (let prefix = tree.numPrefixes - 1; prefix >= 0; prefix--) {
    const first = prefix * tree.vocabulary + 1;
    const scores = nodes.slice(first, first + tree.vocabulary);
    const temperature = alpha * at(weightOfPrefix, prefix);
    const distribution = softmax(scores, temperature);
    policy[prefix] = distribution;
    nodes[prefix] = dot(distribution, scores) + temperature * entropy(distribution);
  }
  return { policy, value: at(nodes, 0) };
}
