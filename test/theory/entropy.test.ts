import { expect } from "chai";
import fc from "fast-check";
import { conditionalEntropies } from "./causal-entropy.ts";
import { parsedActions } from "./parser.ts";
import { actionProbabilities } from "./policy-evaluation.ts";
import { anyProblem, type RandomProblem, randomTokenPolicy } from "./random-problem.ts";
import { lastDecides } from "./small-games.ts";
import {
  entropy,
  prefixProbabilities,
  type TokenPolicy,
  uniformPolicy,
  utteranceProbabilities,
} from "./token-policy.ts";
import { at, sum, tokenTree } from "./token-tree.ts";

describe("Eq. 2: the entropy of an utterance", () => {
  it("is the sum of its tokens' conditional entropies", () => {
    fc.assert(
      fc.property(anyProblem, ({ tree, random }) => {
        const policy = randomTokenPolicy(random, tree);
        const ofUtterance = entropy(utteranceProbabilities(tree, policy));
        expect(sum(conditionalEntropies(tree, policy))).to.be.closeTo(ofUtterance, 1e-12);
      }),
    );
  });

  it("is that of a proper distribution: utterances and prefixes of a length have mass 1", () => {
    fc.assert(
      fc.property(anyProblem, ({ tree, random }) => {
        const policy = randomTokenPolicy(random, tree);
        expect(sum(utteranceProbabilities(tree, policy))).to.be.closeTo(1, 1e-12);
        expect(sum(prefixProbabilities(tree, policy))).to.be.closeTo(tree.length, 1e-12);
      }),
    );
  });

  it("exceeds the entropy of the action by that of the utterance given the action", () => {
    fc.assert(
      fc.property(anyProblem, (problem) => {
        const policy = randomTokenPolicy(problem.random, problem.tree);
        const ofUtterance = entropy(utteranceProbabilities(problem.tree, policy));
        const ofAction = entropy(actionProbabilities(problem, policy));
        expect(ofAction).to.be.at.most(ofUtterance + 1e-12);
        expect(ofUtterance - ofAction).to.be.closeTo(entropyGivenAction(problem, policy), 1e-12);
      }),
    );
  });

  it("is the action's only where f^parse is injective on what the policy says", () => {
    fc.assert(
      fc.property(anyProblem, (problem) => {
        const { tree, parser, random } = problem;
        const policy = randomTokenPolicy(random, tree);
        const probabilities = utteranceProbabilities(tree, policy);
        const said = parsedActions(tree, parser).filter((_, index) => at(probabilities, index) > 0);
        const isInjective = new Set(said).size === said.length;
        expect(entropyGivenAction(problem, policy) === 0).to.equal(isInjective);
      }),
    );
  });

  it("is twice the action's in a policy whose first token is idle talk: A.1 begins with an equality that does not hold", () => {
    const tree = tokenTree(2, 2);
    const policy = uniformPolicy(tree);
    expect(sum(conditionalEntropies(tree, policy))).to.be.closeTo(2 * Math.log(2), 1e-12);
    expect(entropy(actionProbabilities({ tree, parser: lastDecides }, policy))).to.be.closeTo(Math.log(2), 1e-12);
  });
});

/** H(y | a) = Σ_a π(a) H(y | a), exactly 0 where every action has one utterance. */
function entropyGivenAction({ tree, parser }: Pick<RandomProblem, "tree" | "parser">, policy: TokenPolicy): number {
  const probabilities = utteranceProbabilities(tree, policy);
  const actions = parsedActions(tree, parser);
  return sum(
    Array.from({ length: parser.numActions }, (_, action) => {
      const alike = probabilities.filter((_mass, index) => actions[index] === action);
      const mass = sum(alike);
      return mass === 0 ? 0 : mass * entropy(alike.map((probability) => probability / mass));
    }),
  );
}
