import { expect } from "chai";
import fc from "fast-check";
import { ascend, ascendLocally } from "./ascent.ts";
import { parseChangeWeights, prefixWeights } from "./causal-weights.ts";
import { type SoftProblem, solveActionValues } from "./policy-evaluation.ts";
import { anyProblem, randomPolicy, randomTokenPolicy, randomWeights } from "./random-problem.ts";
import { oneTokenGame } from "./small-games.ts";
import { softmaxSolution } from "./softmax-solution.ts";
import { objectiveGains, stateObjective } from "./state-objective.ts";
import { deterministicPolicy, prefixProbabilities, softmax } from "./token-policy.ts";
import { at, tokenTree } from "./token-tree.ts";

describe("the solution to the maximization, at token level", () => {
  it("is a softmax from the last token to the first where weights depend on the prefix alone: nothing does better", () => {
    fc.assert(
      fc.property(anyProblem, (problem) => {
        const { tree, random } = problem;
        const ofPrefix = Array.from({ length: tree.numPrefixes }, () => random.pick([0, random.float()]));
        const weights = prefixWeights(tree, ofPrefix);
        const values = at(
          solveActionValues(
            problem,
            randomPolicy(problem),
            problem.mdp.rewards.map(() => weights),
          ),
          0,
        );
        const { policy, value } = softmaxSolution(problem, ofPrefix, values);
        expect(stateObjective(problem, policy, weights, values)).to.be.closeTo(value, 1e-10);
        for (let k = 0; k < 20; k++) {
          const other = randomTokenPolicy(random, tree);
          expect(stateObjective(problem, other, weights, values)).to.be.at.most(value + 1e-10);
        }
      }),
    );
  });

  it("is found by ascent in that case, from any start", () => {
    fc.assert(
      fc.property(anyProblem, (problem) => {
        const { tree, random, mdp } = problem;
        const ofPrefix = Array.from({ length: tree.numPrefixes }, () => 0.05 + random.float());
        const weights = mdp.rewards.map(() => prefixWeights(tree, ofPrefix));
        const policy = randomPolicy(problem);
        const values = solveActionValues(problem, policy, weights);
        const climbed = ascendLocally(problem, policy, weights, values);
        for (const [state, found] of climbed.entries()) {
          const { value } = softmaxSolution(problem, ofPrefix, at(values, state));
          expect(stateObjective(problem, found, at(weights, state), at(values, state))).to.be.closeTo(value, 1e-9);
        }
      }),
    );
  });

  it("otherwise ascent ends where no small change of any prefix that is reached gains", () => {
    const step = 1e-4;
    fc.assert(
      fc.property(anyProblem, (problem) => {
        const weights = randomWeights(problem);
        const policy = randomPolicy(problem);
        const values = solveActionValues(problem, policy, weights);
        for (const [state, found] of ascend(problem, policy, weights, values).entries()) {
          const goal = (each: typeof found) => stateObjective(problem, each, at(weights, state), at(values, state));
          const reached = prefixProbabilities(problem.tree, found);
          for (const [prefix, present] of found.entries()) {
            if (at(reached, prefix) < 1e-3) continue;
            for (const towards of present.keys()) {
              const moved = present.map((mass, token) => (1 - step) * mass + (token === towards ? step : 0));
              expect(goal(found.with(prefix, moved)) - goal(found)).to.be.at.most(1e-6);
            }
          }
        }
      }),
    );
  });

  it("takes no step that overshoots: that of the surrogate may, which trades entropy for weight as if they were apart", () => {
    const tree = tokenTree(3, 1);
    const { parser } = takenForGranted;
    const problem = { ...oneTokenGame([0, -0.3], 0, 1), tree, parser };
    const weights = [parseChangeWeights(tree, parser)];
    expect(weights).to.deep.equal([[[0], [1], [0]]]);
    // The surrogate's maximiser says token 1 alone: all of the weight, no entropy, and the lower reward.
    const policy = [[[0.498, 0.004, 0.498]]];
    const values = solveActionValues(problem, policy, weights);
    const climbed = ascendLocally(problem, policy, weights, values);
    expect(objectiveGains(problem, climbed, policy, weights, values)[0]).to.be.above(0.1);
    expect(objectiveGains(problem, [[[0, 1, 0]]], policy, weights, values)[0]).to.be.below(-0.3);
  });

  it("does not leave the action that null parses to: its token has weight 0, so that it earns no bonus", () => {
    const { tree, parser } = takenForGranted;
    const causal = [parseChangeWeights(tree, parser)];
    const always = [deterministicPolicy(tree, [0])];
    const values = solveActionValues(takenForGranted, always, causal);
    expect(causal).to.deep.equal([[[0], [1]]]);
    expect(ascendLocally(takenForGranted, always, causal, values)).to.deep.equal(always);
    // A start elsewhere finds what is better, and the same bonus on every token leaves at once.
    const elsewhere = ascend(takenForGranted, always, causal, values);
    expect(objectiveGains(takenForGranted, elsewhere, always, causal, values)[0]).to.be.above(0.3);
    const uniform = [prefixWeights(tree, [1])];
    const left = at(at(ascendLocally(takenForGranted, always, uniform, values), 0), 0);
    for (const [token, mass] of softmax([0.1, 0], 1).entries()) expect(left[token]).to.be.closeTo(mass, 1e-6);
  });
});

/** Token 1 is read as action 1; anything else, null included, is taken for action 0. */
const takenForGranted: SoftProblem = {
  ...oneTokenGame([0.1, 0], 0.9, 1),
  parser: { numActions: 3, parse: ([token]) => (token === 1 ? 1 : 0) },
};
