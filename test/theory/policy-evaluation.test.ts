import { expect } from "chai";
import fc from "fast-check";
import { causalEntropy } from "./causal-entropy.ts";
import { backup, distance, solveActionValues } from "./policy-evaluation.ts";
import { anyProblem, randomPolicy, randomValues, randomWeights } from "./random-problem.ts";
import { at, sum } from "./token-tree.ts";

describe("Lemma 4.2: policy evaluation", () => {
  it("T^B brings any two Q together by γ, in the largest difference", () => {
    fc.assert(
      fc.property(anyProblem, (problem) => {
        const policy = randomPolicy(problem);
        const weights = randomWeights(problem);
        const one = randomValues(problem);
        const other = randomValues(problem);
        const apart = distance(backup(problem, policy, weights, one), backup(problem, policy, weights, other));
        expect(apart).to.be.at.most(problem.mdp.gamma * distance(one, other) + 1e-12);
      }),
    );
  });

  it("T^B leaves the solution of the linear equations as it is", () => {
    fc.assert(
      fc.property(anyProblem, (problem) => {
        const policy = randomPolicy(problem);
        const weights = randomWeights(problem);
        const solution = solveActionValues(problem, policy, weights);
        expect(distance(backup(problem, policy, weights, solution), solution)).to.be.at.most(1e-10);
      }),
    );
  });

  it("iterating T^B from any start converges to it, at the rate γ^k", () => {
    fc.assert(
      fc.property(anyProblem, (problem) => {
        const policy = randomPolicy(problem);
        const weights = randomWeights(problem);
        const solution = solveActionValues(problem, policy, weights);
        let values = randomValues(problem);
        const begin = distance(values, solution);
        for (let k = 1; k <= 40; k++) {
          values = backup(problem, policy, weights, values);
          expect(distance(values, solution)).to.be.at.most(problem.mdp.gamma ** k * begin + 1e-10);
        }
      }),
      { numRuns: 40 },
    );
  });

  it("an utterance that is invalid is worth the average of the legal actions, one of which is executed at random", () => {
    fc.assert(
      fc.property(anyProblem, (problem) => {
        for (const row of solveActionValues(problem, randomPolicy(problem), randomWeights(problem))) {
          const legal = row.slice(0, -1);
          expect(at(row, -1)).to.be.closeTo(sum(legal) / legal.length, 1e-10);
        }
      }),
    );
  });

  it("H^B lies between 0 and max B · n log |V| (A.13), the maximum being over utterances, too", () => {
    fc.assert(
      fc.property(anyProblem, (problem) => {
        const { tree } = problem;
        const policy = randomPolicy(problem);
        for (const [state, weights] of randomWeights(problem).entries()) {
          const weighted = causalEntropy(tree, at(policy, state), weights);
          const bound = Math.max(...weights.flat()) * tree.length * Math.log(tree.vocabulary);
          expect(weighted).to.be.within(0, bound + 1e-12);
        }
      }),
    );
  });

  it("Q^B lies within the bounds that follow, of which the bonus's share is γ α max B · n log |V| / (1 − γ)", () => {
    fc.assert(
      fc.property(anyProblem, (problem) => {
        const { mdp, tree, alpha } = problem;
        const weights = randomWeights(problem);
        const values = solveActionValues(problem, randomPolicy(problem), weights).flat();
        const rewards = mdp.rewards.flat();
        const bonus = alpha * Math.max(...weights.flat(2)) * tree.length * Math.log(tree.vocabulary);
        // Episodes may end, after which rewards are 0.
        const low = Math.min(...rewards, 0) / (1 - mdp.gamma);
        const high = (Math.max(...rewards, 0) + mdp.gamma * bonus) / (1 - mdp.gamma);
        for (const value of values) expect(value).to.be.within(low - 1e-9, high + 1e-9);
      }),
    );
  });
});
