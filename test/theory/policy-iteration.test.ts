import { expect } from "chai";
import fc from "fast-check";
import { ascend, ascendLocally } from "./ascent.ts";
import { parseChangeWeights, prefixWeights } from "./causal-weights.ts";
import type { Parser } from "./parser.ts";
import { type ActionValues, distance, lookAhead, smallestGain, solveActionValues } from "./policy-evaluation.ts";
import { iteratePolicy } from "./policy-iteration.ts";
import { anyProblem, randomPolicy, randomValues, randomWeights } from "./random-problem.ts";
import { oneTokenGame } from "./small-games.ts";
import { softmaxSolution } from "./softmax-solution.ts";
import type { Improve } from "./state-objective.ts";
import { deterministicPolicy, uniformPolicy } from "./token-policy.ts";
import { at, tokenTree } from "./token-tree.ts";

describe("Proposition 4.4: policy iteration", () => {
  it("raises Q^B in every step, and settles", () => {
    fc.assert(
      fc.property(anyProblem, (problem) => {
        const weights = randomWeights(problem);
        const iterates = iteratePolicy(problem, randomPolicy(problem), () => weights, ascend, 25);
        for (const [k, { values }] of iterates.slice(1).entries())
          expect(smallestGain(values, at(iterates, k).values)).to.be.at.least(-1e-10);
        expect(distance(at(iterates, -1).values, at(iterates, -2).values)).to.be.at.most(1e-6);
      }),
      { numRuns: 25 },
    );
  });

  it("with a global maximiser ends at the one best Q^B: no policy's is higher, and soft value iteration finds it, too", () => {
    fc.assert(
      fc.property(anyProblem, (problem) => {
        const { tree, random, mdp } = problem;
        const ofPrefix = Array.from({ length: tree.numPrefixes }, () => random.pick([0, random.float()]));
        const weights = mdp.rewards.map(() => prefixWeights(tree, ofPrefix));
        const best = at(
          iteratePolicy(problem, randomPolicy(problem), () => weights, softmaxImprove(ofPrefix), 40),
          -1,
        );

        let values: ActionValues = randomValues(problem);
        for (let k = 0; k < 600; k++)
          values = lookAhead(
            mdp,
            values.map((row) => softmaxSolution(problem, ofPrefix, row).value),
          );
        expect(distance(best.values, values)).to.be.at.most(1e-9);
        for (let k = 0; k < 10; k++) {
          const other = solveActionValues(problem, randomPolicy(problem), weights);
          expect(smallestGain(best.values, other)).to.be.at.least(-1e-9);
        }
      }),
      { numRuns: 25 },
    );
  });

  it("(A.15) alone does not make it optimal: a local maximum satisfies it for ever, far from the best policy", () => {
    const tree = tokenTree(2, 2);
    // Action 1 has to be written in full; anything else is action 0.
    const parser: Parser = { numActions: 3, parse: ([first, second]) => (first === 1 && second === 1 ? 1 : 0) };
    const problem = { ...oneTokenGame([1, 0], 0.9, 1), tree, parser };
    const weights = [parseChangeWeights(tree, parser)];
    const stuck = iteratePolicy(problem, [deterministicPolicy(tree, [0, 0])], () => weights, ascendLocally, 10);
    expect(distance(at(stuck, -1).values, at(stuck, 0).values)).to.equal(0);
    const free = iteratePolicy(problem, [uniformPolicy(tree)], () => weights, ascendLocally, 10);
    expect(smallestGain(at(free, -1).values, at(stuck, -1).values)).to.be.above(0.5);
  });

  it("the best policy need not be one: tokens without weight may be anything", () => {
    const problem = { ...oneTokenGame([1, 0], 0.9, 1), tree: tokenTree(2, 2) };
    const weights = [parseChangeWeights(problem.tree, problem.parser)];
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(share, share, share, (action, oneTalk, otherTalk) => {
        const acting = [1 - action, action];
        const [one, other] = [oneTalk, otherTalk].map((talk) =>
          solveActionValues(problem, [[[1 - talk, talk], acting, acting]], weights),
        );
        expect(distance(one ?? [], other ?? [])).to.be.at.most(1e-10);
      }),
    );
  });

  it("raises Q^B, not the reward: the bonus is part of Q^B", () => {
    const problem = oneTokenGame([1, 0], 0.9, 1);
    const { tree, parser } = problem;
    const weights = [parseChangeWeights(tree, parser)];
    const [first, second] = iteratePolicy(problem, [deterministicPolicy(tree, [0])], () => weights, ascend, 2);
    if (first === undefined || second === undefined) throw new RangeError("expected two iterates");
    expect(smallestGain(second.values, first.values)).to.be.above(2);
    const rewardOnly = { ...problem, alpha: 0 };
    const before = solveActionValues(rewardOnly, first.policy, weights);
    expect(smallestGain(before, solveActionValues(rewardOnly, second.policy, weights))).to.be.above(2);
  });
});

/** The exact maximiser for weights that depend on the prefix alone. */
function softmaxImprove(ofPrefix: readonly number[]): Improve {
  return (problem, _policy, _weights, values) => values.map((row) => softmaxSolution(problem, ofPrefix, row).policy);
}
