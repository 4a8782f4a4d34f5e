import { expect } from "chai";
import fc from "fast-check";
import { ascend } from "./ascent.ts";
import { causalEntropy, utteranceBonuses } from "./causal-entropy.ts";
import { parseChangeWeights, prefixWeights } from "./causal-weights.ts";
import { distance, smallestGain, solveActionValues } from "./policy-evaluation.ts";
import { iteratePolicy } from "./policy-iteration.ts";
import { anyProblem, randomPolicy, randomWeights } from "./random-problem.ts";
import { lastDecides } from "./small-games.ts";
import { withRandomFallback } from "./tabular-mdp.ts";
import { type TokenPolicy, uniformPolicy, utteranceProbabilities } from "./token-policy.ts";
import { at, dot, tokenTree } from "./token-tree.ts";

describe("where the update is not the lemmas' maximization", () => {
  it("a bonus in the loss of the present step alone is blind to entropy ahead: Q^B falls", () => {
    const tree = tokenTree(2, 1);
    // Action 0 pays 0.5 and ends the episode; action 1 pays nothing and leads to where either action leads back for free.
    const legal = {
      rewards: [
        [0.5, 0],
        [0, 0],
      ],
      transitions: [
        [
          [0, 0],
          [0, 1],
        ],
        [
          [1, 0],
          [1, 0],
        ],
      ],
    };
    const problem = { mdp: withRandomFallback({ gamma: 0.9, ...legal }), tree, parser: lastDecides, alpha: 1 };
    const weights = [0, 1].map(() => parseChangeWeights(tree, lastDecides));
    const best = at(
      iteratePolicy(
        problem,
        [0, 1].map(() => uniformPolicy(tree)),
        () => weights,
        ascend,
        30,
      ),
      -1,
    );
    const ofRewards = solveActionValues({ ...problem, alpha: 0 }, best.policy, weights);
    const next = ascend(problem, best.policy, weights, ofRewards);
    const blind = solveActionValues(problem, next, weights);
    expect(smallestGain(best.values, blind)).to.be.at.least(-1e-10);
    expect(distance(best.values, blind)).to.be.above(0.2);
  });

  it("what its values leave out is at most γ α / (1 − γ) · max H^B", () => {
    fc.assert(
      fc.property(anyProblem, (problem) => {
        const weights = randomWeights(problem);
        const policy = randomPolicy(problem);
        const { mdp, alpha, tree } = problem;
        const ofRewards = solveActionValues({ ...problem, alpha: 0 }, policy, weights);
        const bonus = Math.max(...policy.map((each, state) => causalEntropy(tree, each, at(weights, state))));
        const left = distance(solveActionValues(problem, policy, weights), ofRewards);
        expect(left).to.be.at.most((mdp.gamma * alpha * bonus) / (1 - mdp.gamma) + 1e-10);
      }),
    );
  });

  it("its gradient takes the sampled prefixes as given: it may point to less entropy, even with all weights 1", () => {
    const tree = tokenTree(2, 2);
    // After token 1 anything may follow, after token 0 nothing but 0.
    const talk = (branch: number): TokenPolicy => [
      [1 - branch, branch],
      [1, 0],
      [0.5, 0.5],
    ];
    const weights = prefixWeights(tree, [1, 1, 1]);
    const sampled = utteranceProbabilities(tree, talk(0.6));
    const slope = (goal: (branch: number) => number) => (goal(0.6 + 1e-6) - goal(0.6 - 1e-6)) / 2e-6;

    const full = slope((branch) => causalEntropy(tree, talk(branch), weights));
    const asInTheLoss = slope((branch) => dot(sampled, utteranceBonuses(tree, talk(branch), weights)));
    expect(full).to.be.closeTo(Math.log(0.4 / 0.6) + Math.log(2), 1e-6);
    expect(asInTheLoss).to.be.closeTo(Math.log(0.4 / 0.6), 1e-6);
    expect(full).to.be.above(0);
    expect(asInTheLoss).to.be.below(0);
  });

  it("the gradient is right for a single token whose weight does not depend on it", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.05, max: 0.95, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (mass, weight) => {
          const tree = tokenTree(2, 1);
          const weights = prefixWeights(tree, [weight]);
          const sampled = utteranceProbabilities(tree, [[1 - mass, mass]]);
          const slope = (goal: (p: number) => number) => (goal(mass + 1e-6) - goal(mass - 1e-6)) / 2e-6;
          const full = slope((p) => causalEntropy(tree, [[1 - p, p]], weights));
          const asInTheLoss = slope((p) => dot(sampled, utteranceBonuses(tree, [[1 - p, p]], weights)));
          expect(asInTheLoss).to.be.closeTo(full, 1e-6);
        },
      ),
    );
  });
});
