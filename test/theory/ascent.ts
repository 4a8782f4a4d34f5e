import { utteranceBonuses } from "./causal-entropy.ts";
import type { UtteranceWeights } from "./causal-weights.ts";
import type { SoftProblem } from "./policy-evaluation.ts";
import { type Improve, stateObjective } from "./state-objective.ts";
import { entropy, softmax, type TokenPolicy, uniformPolicy } from "./token-policy.ts";
import { at, dot, sum } from "./token-tree.ts";

/**
 * "The solution to the maximization" at token level, as far as there is one. With weights that depend on the whole
 * utterance the objective of a state is not concave, and no softmax solves it. So: ascent from the old policy, which
 * never lowers the objective and hence satisfies (A.15) by construction, and ascent from the uniform policy; the
 * better of the two is taken. Both end where no prefix's distribution can be improved by a small change; that is the
 * global maximum where weights depend on the prefix alone, and may be a local one otherwise.
 */
export const ascend: Improve = (problem, policy, weights, values) =>
  policy.map((ofState, state) => {
    const goal = (candidate: TokenPolicy): number =>
      stateObjective(problem, candidate, at(weights, state), at(values, state));
    const climb = (from: TokenPolicy): TokenPolicy => ascendState(problem, from, at(weights, state), at(values, state));
    const fromOld = climb(ofState);
    const fromUniform = climb(uniformPolicy(problem.tree));
    return goal(fromUniform) > goal(fromOld) ? fromUniform : fromOld;
  });

/** {@link ascend} without the second start: what an update that only ever moves the present policy can reach. */
export const ascendLocally: Improve = (problem, policy, weights, values) =>
  policy.map((ofState, state) => ascendState(problem, ofState, at(weights, state), at(values, state)));

/** Sweeps over prefixes, the longest first, until a sweep gains next to nothing. */
function ascendState(
  problem: SoftProblem,
  from: TokenPolicy,
  weights: UtteranceWeights,
  values: readonly number[],
): TokenPolicy {
  let policy = from;
  let reached = stateObjective(problem, policy, weights, values);
  for (let sweep = 0; sweep < 1000; sweep++) {
    for (let prefix = problem.tree.numPrefixes - 1; prefix >= 0; prefix--) {
      const better = improvePrefix(prefixProblem(problem, policy, weights, values, prefix), at(policy, prefix));
      policy = policy.with(prefix, better);
    }
    const next = stateObjective(problem, policy, weights, values);
    if (next - reached < 1e-13) break;
    reached = next;
  }
  return policy;
}

/** What the objective is to one prefix, given that it is reached: x·gains + α (x·weights) H(x), up to a constant. */
interface PrefixProblem {
  readonly alpha: number;
  readonly gains: readonly number[];
  readonly weights: readonly number[];
}

function prefixProblem(
  { tree, parser, alpha }: SoftProblem,
  policy: TokenPolicy,
  weights: UtteranceWeights,
  values: readonly number[],
  prefix: number,
): PrefixProblem {
  const bonuses = utteranceBonuses(tree, policy, weights);
  const own = entropy(at(policy, prefix));
  const gains = new Array<number>(tree.vocabulary).fill(0);
  const expected = new Array<number>(tree.vocabulary).fill(0);
  for (const { index, tokens, prefixes } of tree.utterances) {
    const i = prefixes.indexOf(prefix);
    if (i < 0) continue;
    const token = at(tokens, i);
    const rest = prefixes.slice(i + 1).map((later, k) => at(at(policy, later), at(tokens, i + 1 + k)));
    const probability = rest.reduce((product, each) => product * each, 1);
    const weight = at(at(weights, index), i);
    const others = at(values, parser.parse(tokens)) + alpha * (at(bonuses, index) - weight * own);
    gains[token] = at(gains, token) + probability * others;
    expected[token] = at(expected, token) + probability * weight;
  }
  return { alpha, gains, weights: expected };
}

/**
 * Replaces the product (x·w) H(x) by its sum of tangents at the present x: the surrogate is concave, has the same
 * slope there, and softmax maximises it. Its maximiser is a direction of ascent, halved until the objective itself
 * rises. Where w is the same for all tokens the surrogate is the objective.
 */
function improvePrefix({ alpha, gains, weights }: PrefixProblem, present: readonly number[]): readonly number[] {
  const goal = (x: readonly number[]): number => dot(x, gains) + alpha * dot(x, weights) * entropy(x);
  const scores = gains.map((gain, token) => gain + alpha * entropy(present) * at(weights, token));
  const target = softmax(scores, alpha * dot(present, weights));
  const reached = goal(present);
  for (let share = 1; share > 1e-12; share /= 2) {
    const moved = present.map((mass, token) => mass + share * (at(target, token) - mass));
    if (goal(moved) > reached) return normalised(moved);
  }
  return present;
}

/** Rounding of many steps would otherwise add up to a policy whose masses no longer sum to 1. */
function normalised(masses: readonly number[]): number[] {
  const total = sum(masses);
  return masses.map((mass) => mass / total);
}
