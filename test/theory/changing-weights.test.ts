import { expect } from "chai";
import fc from "fast-check";
import { ascend } from "./ascent.ts";
import { causalEntropy } from "./causal-entropy.ts";
import { type CausalWeights, ownSampleWeights, parseChangeWeights, prefixWeights } from "./causal-weights.ts";
import { distance, type SoftProblem, smallestGain, solveActionValues } from "./policy-evaluation.ts";
import { iteratePolicy } from "./policy-iteration.ts";
import { anyProblem, randomPolicy, randomWeights } from "./random-problem.ts";
import { oneTokenGame } from "./small-games.ts";
import { type Policy, uniformPolicy } from "./token-policy.ts";
import { at } from "./token-tree.ts";

const game = oneTokenGame([0.5, 0], 0.5, 1);
const { tree, parser } = game;

describe("weights that change between iterations", () => {
  it("undo monotony: Q^B falls in every other step, by any fixed measure, though each step is greedy by its own weights", () => {
    const [all, none] = [[prefixWeights(tree, [1])], [prefixWeights(tree, [0])]];
    const turns = iteratePolicy(game, [uniformPolicy(tree)], (k) => (k % 2 === 0 ? all : none), ascend, 12).slice(1);
    for (const measure of [all, none]) {
      const values = turns.map(({ policy }) => at(at(solveActionValues(game, policy, measure), 0), 0));
      const gains = values.slice(1).map((value, k) => value - at(values, k));
      expect(gains.filter((gain) => gain > 0.05)).to.have.length(5);
      expect(gains.filter((gain) => gain < -0.05)).to.have.length(5);
    }
    const own = turns.map(({ values }) => at(at(values, 0), 0));
    expect(own.slice(1).filter((value, k) => value < at(own, k) - 1e-3)).not.to.have.length(0);
  });

  it("do so, too, when they come from the policy's own utterances, as an SCM that learns online makes them", () => {
    const iterates = iteratePolicy(game, [uniformPolicy(tree)], ownWeights, ascend, 12);
    const values = iterates.map((iterate) => at(at(iterate.values, 0), 0));
    const falls = values.slice(1).filter((value, k) => value < at(values, k) - 1e-4);
    expect(falls).to.have.length.at.least(4);
  });

  it("may end exploration: an SCM that has seen one action only takes it for granted, and the bonus is gone", () => {
    const dear = oneTokenGame([1, 0], 0.5, 1);
    const fixed = [parseChangeWeights(tree, parser)];
    const withFixed = at(
      iteratePolicy(dear, [uniformPolicy(tree)], () => fixed, ascend, 12),
      -1,
    );
    const withOwn = at(iteratePolicy(dear, [uniformPolicy(tree)], ownWeights, ascend, 12), -1);
    expect(at(at(at(withFixed.policy, 0), 0), 1)).to.be.closeTo(1 / (1 + Math.E), 1e-6);
    expect(at(at(at(withOwn.policy, 0), 0), 1)).to.be.below(1e-6);
    expect(withOwn.weights[0]?.[0]?.[0]).to.be.below(1e-6);
  });

  it("cost at most γ α / (1 − γ) times the change of H^B, itself at most max |ΔB| · n log |V|", () => {
    fc.assert(
      fc.property(anyProblem, (problem) => {
        const policy = randomPolicy(problem);
        const [one, other] = [randomWeights(problem), randomWeights(problem)];
        const change = largestChange(problem, policy, one, other);
        const moved = distance(solveActionValues(problem, policy, one), solveActionValues(problem, policy, other));
        expect(moved).to.be.at.most(share(problem) * change + 1e-10);
        expect(change).to.be.at.most(
          largestWeightChange(one, other) * problem.tree.length * Math.log(problem.tree.vocabulary) + 1e-12,
        );
      }),
    );
  });

  it("cost just that in a state that one never leaves", () => {
    const [all, none] = [[prefixWeights(tree, [1])], [prefixWeights(tree, [0])]];
    const policy = [uniformPolicy(tree)];
    const moved = distance(solveActionValues(game, policy, all), solveActionValues(game, policy, none));
    expect(moved).to.be.closeTo(share(game) * Math.log(2), 1e-12);
  });

  it("let a greedy step with old weights lose no more than the changes of H^B of both policies, by the new weights", () => {
    fc.assert(
      fc.property(anyProblem, (problem) => {
        const policy = randomPolicy(problem);
        const [old, fresh] = [randomWeights(problem), randomWeights(problem)];
        const improved = ascend(problem, policy, old, solveActionValues(problem, policy, old));
        const gain = smallestGain(
          solveActionValues(problem, improved, fresh),
          solveActionValues(problem, policy, fresh),
        );
        const loss = largestChange(problem, policy, old, fresh) + largestChange(problem, improved, old, fresh);
        expect(gain).to.be.at.least(-share(problem) * loss - 1e-10);
      }),
    );
  });

  it("leave policy iteration monotone up to that bound, so that it settles where the weights do", () => {
    fc.assert(
      fc.property(anyProblem, (problem) => {
        const [begin, end] = [randomWeights(problem), randomWeights(problem)];
        const settling = (k: number) => mixed(begin, end, 0.3 ** k);
        const iterates = iteratePolicy(problem, randomPolicy(problem), settling, ascend, 30);
        for (const [k, next] of iterates.slice(1).entries()) {
          const { values, weights } = at(iterates, k);
          const loss = share(problem) * largestChange(problem, next.policy, weights, next.weights);
          expect(smallestGain(next.values, values)).to.be.at.least(-loss - 1e-10);
        }
        expect(distance(at(iterates, -1).values, at(iterates, -2).values)).to.be.at.most(1e-6);
      }),
      { numRuns: 25 },
    );
  });
});

function ownWeights(_iteration: number, policy: Policy): CausalWeights {
  return policy.map((ofState) => ownSampleWeights(tree, parser, ofState));
}

/** γ α / (1 − γ): Q^B counts the bonus from the next step on. */
function share({ mdp: { gamma }, alpha }: SoftProblem): number {
  return (gamma * alpha) / (1 - gamma);
}

/** max_s |H^{B_1}(π(·|s)) − H^{B_2}(π(·|s))| */
function largestChange(problem: SoftProblem, policy: Policy, one: CausalWeights, other: CausalWeights): number {
  const ofState = (weights: CausalWeights) =>
    policy.map((each, state) => causalEntropy(problem.tree, each, at(weights, state)));
  const after = ofState(other);
  return Math.max(...ofState(one).map((before, state) => Math.abs(before - at(after, state))));
}

function largestWeightChange(one: CausalWeights, other: CausalWeights): number {
  const after = other.flat(2);
  return Math.max(...one.flat(2).map((before, k) => Math.abs(before - at(after, k))));
}

/** `share` of the first weights, the rest of the second. */
function mixed(first: CausalWeights, second: CausalWeights, share: number): CausalWeights {
  return first.map((ofState, s) =>
    ofState.map((row, y) => row.map((weight, i) => share * weight + (1 - share) * at(at(at(second, s), y), i))),
  );
}
