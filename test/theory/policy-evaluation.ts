import { causalEntropy } from "./causal-entropy.ts";
import type { CausalWeights } from "./causal-weights.ts";
import { type Parser, parsedActions } from "./parser.ts";
import type { TabularMdp } from "./tabular-mdp.ts";
import { type Policy, type TokenPolicy, utteranceProbabilities } from "./token-policy.ts";
import { at, dot, type TokenTree } from "./token-tree.ts";

/** Everything that stays the same while a policy is improved, but for the causal weights. */
export interface SoftProblem {
  readonly mdp: TabularMdp;
  readonly tree: TokenTree;
  readonly parser: Parser;
  /** α, not negative. */
  readonly alpha: number;
}

/** Q(s, a) as [s][a]. */
export type ActionValues = readonly (readonly number[])[];

/** π(a | s): the mass of all utterances that parse to a. */
export function actionProbabilities(
  { tree, parser }: Pick<SoftProblem, "tree" | "parser">,
  policy: TokenPolicy,
): number[] {
  const probabilities = new Array<number>(parser.numActions).fill(0);
  const ofUtterance = utteranceProbabilities(tree, policy);
  for (const [index, action] of parsedActions(tree, parser).entries())
    probabilities[action] = at(probabilities, action) + at(ofUtterance, index);
  return probabilities;
}

/** T^B of Lemma 4.2: r(s, a) + γ E_{s'}[α H^B(π(·|s')) + E_{a'∼π} Q(s', a')]. */
export function backup(
  problem: SoftProblem,
  policy: Policy,
  weights: CausalWeights,
  values: ActionValues,
): ActionValues {
  return lookAhead(
    problem.mdp,
    policy.map(
      (ofState, state) =>
        problem.alpha * causalEntropy(problem.tree, ofState, at(weights, state)) +
        dot(actionProbabilities(problem, ofState), at(values, state)),
    ),
  );
}

/**
 * The fixed point of T^B by Gaussian elimination, not by iteration: v = α H^B + r^π + γ P^π v over states, then one
 * step ahead.
 */
export function solveActionValues(problem: SoftProblem, policy: Policy, weights: CausalWeights): ActionValues {
  const { mdp, tree, alpha } = problem;
  const rows = policy.map((ofState, state) => {
    const probabilities = actionProbabilities(problem, ofState);
    const transitions = at(mdp.transitions, state);
    const next = policy.map((_, column) =>
      dot(
        probabilities,
        transitions.map((row) => at(row, column)),
      ),
    );
    const coefficients = next.map((mass, column) => (column === state ? 1 : 0) - mdp.gamma * mass);
    const bonus = alpha * causalEntropy(tree, ofState, at(weights, state));
    return [...coefficients, bonus + dot(probabilities, at(mdp.rewards, state))];
  });
  return lookAhead(mdp, solveLinear(rows));
}

/** r(s, a) + γ Σ_{s'} P(s' | s, a) v(s') */
export function lookAhead({ gamma, rewards, transitions }: TabularMdp, stateValues: readonly number[]): number[][] {
  return rewards.map((row, state) =>
    row.map((reward, action) => reward + gamma * dot(at(at(transitions, state), action), stateValues)),
  );
}

/** max_{s,a} |Q_1 − Q_2| */
export function distance(one: ActionValues, other: ActionValues): number {
  return Math.max(...one.flatMap((row, s) => row.map((value, a) => Math.abs(value - at(at(other, s), a)))));
}

/** min_{s,a} (Q_1 − Q_2): not negative where Q_1 is nowhere the smaller. */
export function smallestGain(one: ActionValues, other: ActionValues): number {
  return Math.min(...one.flatMap((row, s) => row.map((value, a) => value - at(at(other, s), a))));
}

/** Solves A x = b by elimination with partial pivoting; each row is one of A with b's entry after it. */
function solveLinear(augmented: readonly (readonly number[])[]): number[] {
  const rows = augmented.map((row) => [...row]);
  for (let column = 0; column < rows.length; column++) {
    const below = rows.slice(column).map((row) => Math.abs(at(row, column)));
    const pivotAt = column + below.indexOf(Math.max(...below));
    const pivot = at(rows, pivotAt);
    rows[pivotAt] = at(rows, column);
    rows[column] = pivot;
    for (const [number, row] of rows.entries()) {
      if (number === column) continue;
      const factor = at(row, column) / at(pivot, column);
      rows[number] = row.map((entry, k) => entry - factor * at(pivot, k));
    }
  }
  return rows.map((row, number) => at(row, -1) / at(row, number));
}
