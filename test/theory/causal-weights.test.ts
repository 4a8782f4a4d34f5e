import { expect } from "chai";
import fc from "fast-check";
import { averagedCausalEntropy, causalEntropy } from "./causal-entropy.ts";
import { likelihoodWeights, ownSampleWeights, parseChangeWeights, prefixWeights } from "./causal-weights.ts";
import type { Parser } from "./parser.ts";
import { actionProbabilities } from "./policy-evaluation.ts";
import { anyProblem, randomTokenPolicy } from "./random-problem.ts";
import { lastDecides } from "./small-games.ts";
import { entropy, uniformPolicy } from "./token-policy.ts";
import { nullToken, sum, tokenTree } from "./token-tree.ts";

const NOTHING = 2;
const tree = tokenTree(2, 2);

/** Two actions; what holds the null token where `read` looks is invalid. */
function parser(read: (first: number, second: number) => number): Parser {
  return { numActions: 3, parse: ([first = NOTHING, second = NOTHING]) => read(first, second) };
}

describe("exact causal weights", () => {
  it("lie in [0, 1], and are 0 for a token that f^parse does not read", () => {
    fc.assert(
      fc.property(anyProblem, fc.double({ min: 0, max: 0.9, noNaN: true }), ({ tree, parser, random }, noise) => {
        const deaf: Parser = { ...parser, parse: ([, ...rest]) => parser.parse([nullToken(tree), ...rest]) };
        const policy = randomTokenPolicy(random, tree);
        for (const weights of [
          parseChangeWeights(tree, deaf),
          likelihoodWeights(tree, deaf, noise),
          ownSampleWeights(tree, deaf, policy),
        ]) {
          for (const [first, ...rest] of weights) {
            expect(first).to.be.closeTo(0, 1e-12);
            for (const weight of rest) expect(weight).to.be.within(-1e-12, 1 + 1e-12);
          }
        }
      }),
    );
  });

  it("of the smoothed SCM become those of f^parse as its noise goes to 0", () => {
    fc.assert(
      fc.property(anyProblem, fc.double({ min: 0, max: 0.1, noNaN: true }), ({ tree, parser }, noise) => {
        const smooth = likelihoodWeights(tree, parser, noise).flat();
        const sharp = parseChangeWeights(tree, parser).flat();
        // Each of the two likelihoods is off by no more than the probability of any noise.
        const bound = 2 * (1 - (1 - noise) ** tree.length);
        for (const [k, weight] of smooth.entries())
          expect(Math.abs(weight - (sharp[k] ?? 0))).to.be.at.most(bound + 1e-12);
      }),
    );
  });

  it("leave idle talk out, so that H^B is the entropy of the action", () => {
    const weights = parseChangeWeights(tree, lastDecides);
    expect(weights).to.deep.equal(Array(4).fill([0, 1]));
    expect(causalEntropy(tree, uniformPolicy(tree), weights)).to.be.closeTo(Math.log(2), 1e-12);
  });

  it("do not make H^B the entropy of the action: 0 where the action is written twice", () => {
    const eitherDecides = parser((first, second) => (first === NOTHING ? second : first));
    const weights = parseChangeWeights(tree, eitherDecides);
    const repeating = [
      [0.5, 0.5],
      [1, 0],
      [0, 1],
    ];
    expect(causalEntropy(tree, repeating, weights)).to.equal(0);
    expect(entropy(actionProbabilities({ tree, parser: eitherDecides }, repeating))).to.be.closeTo(Math.log(2), 1e-12);
  });

  it("do not bound H^B by the entropy of the action: twice that where the tokens' sum is read", () => {
    const parity = parser((first, second) => (first === NOTHING || second === NOTHING ? 2 : (first + second) % 2));
    const weights = parseChangeWeights(tree, parity);
    expect(causalEntropy(tree, uniformPolicy(tree), weights)).to.be.closeTo(2 * Math.log(2), 1e-12);
    expect(entropy(actionProbabilities({ tree, parser: parity }, uniformPolicy(tree)))).to.be.closeTo(
      Math.log(2),
      1e-12,
    );
  });
});

describe("Eq. 7's two readings", () => {
  it("agree where a token's weight depends on its position alone, and are Eq. 2 where all weights are 1", () => {
    fc.assert(
      fc.property(anyProblem, ({ tree, random }) => {
        const policy = randomTokenPolicy(random, tree);
        const ofPosition = Array.from({ length: tree.length }, () => random.float());
        const weights = tree.utterances.map(() => ofPosition);
        const ones = prefixWeights(tree, Array(tree.numPrefixes).fill(1));
        expect(causalEntropy(tree, policy, weights)).to.be.closeTo(averagedCausalEntropy(tree, policy, weights), 1e-12);
        const conditional = averagedCausalEntropy(tree, policy, ones);
        expect(causalEntropy(tree, policy, ones)).to.be.closeTo(conditional, 1e-12);
      }),
    );
  });

  it("differ where a token matters after one prefix and is uncertain after another", () => {
    const onlyAfterOne = parser((first, second) => (first === 1 ? second : 0));
    const weights = parseChangeWeights(tree, onlyAfterOne).map(([, last = 0]) => [0, last]);
    const policy = [
      [0.5, 0.5],
      [0.5, 0.5],
      [0, 1],
    ];
    expect(causalEntropy(tree, policy, weights)).to.equal(0);
    expect(averagedCausalEntropy(tree, policy, weights)).to.be.closeTo(0.5 * 0.5 * Math.log(2), 1e-12);
    expect(sum(weights.map(([, last = 0]) => last))).to.equal(2);
  });
});
