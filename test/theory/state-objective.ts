import { causalEntropy } from "./causal-entropy.ts";
import type { CausalWeights, UtteranceWeights } from "./causal-weights.ts";
import { parsedActions } from "./parser.ts";
import type { ActionValues, SoftProblem } from "./policy-evaluation.ts";
import { type Policy, type TokenPolicy, utteranceProbabilities } from "./token-policy.ts";
import { at, dot } from "./token-tree.ts";

/** Improves a policy with respect to its Q; `values` may be any Q. */
export type Improve = (problem: SoftProblem, policy: Policy, weights: CausalWeights, values: ActionValues) => Policy;

/** What is maximised in one state, one side of (A.15): E_{a∼π} Q(s, a) + α H^B(π(·|s)). */
export function stateObjective(
  { tree, parser, alpha }: SoftProblem,
  policy: TokenPolicy,
  weights: UtteranceWeights,
  values: readonly number[],
): number {
  const ofUtterance = parsedActions(tree, parser).map((action) => at(values, action));
  return dot(utteranceProbabilities(tree, policy), ofUtterance) + alpha * causalEntropy(tree, policy, weights);
}

/** The left side of (A.15) less its right side, state by state. */
export function objectiveGains(
  problem: SoftProblem,
  improved: Policy,
  policy: Policy,
  weights: CausalWeights,
  values: ActionValues,
): number[] {
  return policy.map((present, state) => {
    const goal = (each: TokenPolicy) => stateObjective(problem, each, at(weights, state), at(values, state));
    return goal(at(improved, state)) - goal(present);
  });
}
