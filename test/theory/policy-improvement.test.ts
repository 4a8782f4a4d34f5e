import { expect } from "chai";
import fc from "fast-check";
import { type CausalWeights, parseChangeWeights, prefixWeights } from "./causal-weights.ts";
import type { Parser } from "./parser.ts";
import { type ActionValues, type SoftProblem, smallestGain, solveActionValues } from "./policy-evaluation.ts";
import { ascend, ascendLocally, softmaxSolution, stateObjective } from "./policy-improvement.ts";
import { anyProblem, randomPolicy, randomTokenPolicy, randomWeights } from "./random-problem.ts";
import { lastDecides, oneTokenGame } from "./small-games.ts";
import { withRandomFallback } from "./tabular-mdp.ts";
import { deterministicPolicy, type Policy, prefixProbabilities, softmax } from "./token-policy.ts";
import { at, tokenTree } from "./token-tree.ts";

describe("Lemma 4.3: policy improvement", () => {
  it("the maximiser satisfies (A.15) in every state, and its Q^B is nowhere lower", () => {
    fc.assert(
      fc.property(anyProblem, (problem) => {
        const policy = randomPolicy(problem);
        const weights = randomWeights(problem);
        const values = solveActionValues(problem, policy, weights);
        const improved = ascend(problem, policy, weights, values);
        expect(smallestStateGain(problem, improved, policy, weights, values)).to.be.at.least(-1e-12);
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
    const gains = stateGains(problem, second, first, weights, values);
    expect(gains[0]).to.equal(10);
    expect(gains[1]).to.equal(-1);
    expect(smallestGain(solveActionValues(problem, second, weights), values)).to.equal(-1);
  });
});

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

  it("does not leave the action that null parses to: its token has weight 0, so that it earns no bonus", () => {
    const tree = tokenTree(2, 1);
    // Token 1 is read; anything else is taken for action 0.
    const takenForGranted: Parser = { numActions: 3, parse: ([token]) => (token === 1 ? 1 : 0) };
    const problem = { ...oneTokenGame([0.1, 0], 0.9, 1), parser: takenForGranted };
    const always = [deterministicPolicy(tree, [0])];
    const values = solveActionValues(problem, always, [parseChangeWeights(tree, takenForGranted)]);

    const causal = [parseChangeWeights(tree, takenForGranted)];
    expect(causal).to.deep.equal([[[0], [1]]]);
    expect(ascendLocally(problem, always, causal, values)).to.deep.equal(always);
    // A start elsewhere finds what is better, and the same bonus on every token leaves at once.
    expect(smallestStateGain(problem, ascend(problem, always, causal, values), always, causal, values)).to.be.above(
      0.3,
    );
    const uniform = [prefixWeights(tree, [1])];
    const left = at(at(ascendLocally(problem, always, uniform, values), 0), 0);
    for (const [token, mass] of softmax([0.1, 0], 1).entries()) expect(left[token]).to.be.closeTo(mass, 1e-6);
  });
});

/** Left side of (A.15) less its right side, state by state. */
function stateGains(
  problem: SoftProblem,
  improved: Policy,
  policy: Policy,
  weights: CausalWeights,
  values: ActionValues,
): number[] {
  return policy.map((present, state) => {
    const goal = (each: typeof present) => stateObjective(problem, each, at(weights, state), at(values, state));
    return goal(at(improved, state)) - goal(present);
  });
}

function smallestStateGain(...sides: Parameters<typeof stateGains>): number {
  return Math.min(...stateGains(...sides));
}
