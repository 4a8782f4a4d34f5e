import type { CausalWeights } from "./causal-weights.ts";
import { type ActionValues, type SoftProblem, solveActionValues } from "./policy-evaluation.ts";
import type { Improve } from "./state-objective.ts";
import type { Policy } from "./token-policy.ts";

export interface Iterate {
  readonly policy: Policy;
  /** The policy's own Q with the weights of its iteration. */
  readonly values: ActionValues;
  readonly weights: CausalWeights;
}

/**
 * Proposition 4.4: evaluate, improve, and so on; the first policy comes first. `weightsOf` gives the weights of an
 * iteration: the same every time as the proposition has it, or, as in practice, new ones.
 */
export function iteratePolicy(
  problem: SoftProblem,
  start: Policy,
  weightsOf: (iteration: number, policy: Policy) => CausalWeights,
  improve: Improve,
  iterations: number,
): Iterate[] {
  let policy = start;
  return Array.from({ length: iterations }, (_, iteration) => {
    const weights = weightsOf(iteration, policy);
    const values = solveActionValues(problem, policy, weights);
    const iterate = { policy, values, weights };
    policy = improve(problem, policy, weights, values);
    return iterate;
  });
}
