import fc from "fast-check";
import { RandomStream } from "../../ts/random.ts";
import { type CausalWeights, likelihoodWeights, parseChangeWeights, type UtteranceWeights } from "./causal-weights.ts";
import { type Parser, parserFromTable } from "./parser.ts";
import type { ActionValues, SoftProblem } from "./policy-evaluation.ts";
import { type TabularMdp, withRandomFallback } from "./tabular-mdp.ts";
import type { Policy, TokenPolicy } from "./token-policy.ts";
import { type TokenTree, tokenTree } from "./token-tree.ts";

/** A problem, the stream that it was drawn from, and so more draws. */
export interface RandomProblem extends SoftProblem {
  readonly random: RandomStream;
}

/** Up to three states, three legal actions, three tokens a position and three positions, α from 0 to 2, γ to 0.95. */
export const anyProblem: fc.Arbitrary<RandomProblem> = fc
  .record({
    seed: fc.nat(),
    states: fc.integer({ min: 1, max: 3 }),
    legalActions: fc.integer({ min: 1, max: 3 }),
    shape: fc.constantFrom<[number, number]>([2, 1], [3, 1], [2, 2], [3, 2], [2, 3]),
    gamma: fc.double({ min: 0, max: 0.95, noNaN: true }),
    alpha: fc.double({ min: 0, max: 2, noNaN: true }),
  })
  .map(({ seed, states, legalActions, shape, gamma, alpha }) => {
    const random = new RandomStream(seed);
    const tree = tokenTree(...shape);
    const parser = randomParser(random, tree, legalActions + 1);
    return { random, tree, parser, alpha, mdp: randomMdp(random, states, legalActions, gamma) };
  });

/** Rewards in [−1, 1]; from every state the episode may end. */
function randomMdp(random: RandomStream, states: number, actions: number, gamma: number): TabularMdp {
  const times = <T>(length: number, draw: () => T): T[] => Array.from({ length }, draw);
  return withRandomFallback({
    gamma,
    rewards: times(states, () => times(actions, () => 2 * random.float() - 1)),
    transitions: times(states, () => times(actions, () => randomDistribution(random, states + 1).slice(0, states))),
  });
}

/** Any function at all from token sequences, nullified ones included, to actions. */
function randomParser(random: RandomStream, tree: TokenTree, numActions: number): Parser {
  const table = Array.from({ length: (tree.vocabulary + 1) ** tree.length }, () => random.int(0, numActions - 1));
  return parserFromTable(tree, numActions, table);
}

/** Some masses are 0, most are not. */
export function randomDistribution(random: RandomStream, size: number): number[] {
  const masses = Array.from({ length: size }, () => (random.float() < 0.15 ? 0 : -Math.log(1 - random.float())));
  const total = masses.reduce((all, mass) => all + mass, 0);
  return total === 0 ? randomDistribution(random, size) : masses.map((mass) => mass / total);
}

export function randomTokenPolicy(random: RandomStream, { numPrefixes, vocabulary }: TokenTree): TokenPolicy {
  return Array.from({ length: numPrefixes }, () => randomDistribution(random, vocabulary));
}

export function randomPolicy({ random, tree, mdp }: RandomProblem): Policy {
  return mdp.rewards.map(() => randomTokenPolicy(random, tree));
}

export function randomValues({ random, mdp }: RandomProblem): ActionValues {
  return mdp.rewards.map((row) => row.map(() => 20 * random.float() - 10));
}

/** Weights in [0, 1]: of f^parse, of its smoothed SCM, or arbitrary by state and utterance. */
export function randomWeights({ random, tree, parser, mdp }: RandomProblem): CausalWeights {
  const kind = random.pick(["parse change", "likelihood", "arbitrary"] as const);
  const draw = (): UtteranceWeights => {
    switch (kind) {
      case "parse change":
        return parseChangeWeights(tree, parser);
      case "likelihood":
        return likelihoodWeights(tree, parser, 0.2);
      case "arbitrary":
        return tree.utterances.map(({ tokens }) => tokens.map(() => random.float()));
    }
  };
  return mdp.rewards.map(draw);
}
