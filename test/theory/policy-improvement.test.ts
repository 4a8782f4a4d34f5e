import { expect } from "chai";
import fc from "fast-check";
import { ascend } from "./ascent.ts";
import { parseChangeWeights } from "./causal-weights.ts";
import { smallestGain, solveActionValues } from "./policy-evaluation.ts";
import { anyProblem, randomPolicy, randomTokenPolicy, randomWeights } from "./random-problem.ts";
import { lastDecides } from "./small-games.ts";
import { objectiveGains, stateObjective } from "./state-objective.ts";
import { withRandomFallback } from "./tabular-mdp.ts";
import { deterministicPolicy } from "./token-policy.ts";
import { at, tokenTree } from "./token-tree.ts";

describe("Lemma 4.3: policy improvement", () => {
  it("the maximiser satisfies (A.15) in every state, and its Q^B is nowhere lower", () => {
    fc.assert(
      fc.property(anyProblem, (problem) => {
        const policy = randomPolicy(problem);
        const weights = randomWeights(problem);
        const values = solveActionValues(problem, policy, weights);
        const improved = ascend(problem, policy, weights, values);
        expect(Math.min(...objectiveGains(problem, improved, policy, weights, values))).to.be.at.least(-1e-12);
        expect(smallestGain(solveActionValues(problem, improved, weights), values)).to.be.at.least(-1e-10);
      }),
    );
  });

  it("so is that of any policy that satisfies (A.15), however far from a maximiser", () => {
    fc.assert(
      fc.property(anyProblem, (problem) => {
        const policy = randomPolicy(problem);
        const weights = randomWeights(problem);
        const values = solveActionValues(problem, policy, weights);
        const candidate = policy.map((present, state) => {
          const other = randomTokenPolicy(problem.random, problem.tree);
          const goal = (each: typeof other) => stateObjective(problem, each, at(weights, state), at(values, state));
          return goal(other) >= goal(present) ? other : present;
        });
        expect(smallestGain(solveActionValues(problem, candidate, weights), values)).to.be.at.least(-1e-10);
      }),
    );
  });

  it("(A.15) has to hold in every state: on average over states it does not protect one of them", () => {
    const tree = tokenTree(2, 1);
    // No action leaves a state; the second action gains 10 in the first state and loses 1 in the second.
    const legal = {
      rewards: [
        [0, 10],
        [1, 0],
      ],
      transitions: [
        [
          [1, 0],
          [1, 0],
        ],
        [
          [0, 1],
          [0, 1],
        ],
      ],
    };
    const problem = { mdp: withRandomFallback({ gamma: 0.5, ...legal }), tree, parser: lastDecides, alpha: 0 };
    const weights = [0, 1].map(() => parseChangeWeights(tree, lastDecides));
    const first = [0, 1].map(() => deterministicPolicy(tree, [0]));
    const second = [0, 1].map(() => deterministicPolicy(tree, [1]));
    const values = solveActionValues(problem, first, weights);
    const gains = objectiveGains(problem, second, first, weights, values);
    expect(gains[0]).to.equal(10);
    expect(gains[1]).to.equal(-1);
    expect(smallestGain(solveActionValues(problem, second, weights), values)).to.equal(-1);
  });
});
