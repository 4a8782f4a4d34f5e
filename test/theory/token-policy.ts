import { at, type TokenTree } from "./token-tree.ts";

/** π(y^i | y^{1:i−1}, s) in one state: a distribution over the vocabulary for every prefix. */
export type TokenPolicy = readonly (readonly number[])[];

/** A token policy for every state. */
export type Policy = readonly TokenPolicy[];

export function uniformPolicy({ vocabulary, numPrefixes }: TokenTree): TokenPolicy {
  return Array.from({ length: numPrefixes }, () => new Array<number>(vocabulary).fill(1 / vocabulary));
}

/** Says `tokens`, and the last of them after any other prefix. */
export function deterministicPolicy(tree: TokenTree, tokens: readonly number[]): TokenPolicy {
  const { prefixes } = at(
    tree.utterances.filter((utterance) => utterance.tokens.every((token, i) => token === tokens[i])),
    0,
  );
  return Array.from({ length: tree.numPrefixes }, (_, prefix) => {
    const position = prefixes.indexOf(prefix);
    const chosen = at(tokens, position);
    return Array.from({ length: tree.vocabulary }, (__, token) => (token === chosen ? 1 : 0));
  });
}

/** π(y | s) of every utterance. */
export function utteranceProbabilities(tree: TokenTree, policy: TokenPolicy): number[] {
  return tree.utterances.map(({ tokens, prefixes }) =>
    tokens.reduce((product, token, i) => product * at(at(policy, at(prefixes, i)), token), 1),
  );
}

/** π(y^{1:i} | s) of every prefix. */
export function prefixProbabilities(tree: TokenTree, policy: TokenPolicy): number[] {
  const probabilities = new Array<number>(tree.numPrefixes).fill(0);
  const ofUtterance = utteranceProbabilities(tree, policy);
  for (const { index, prefixes } of tree.utterances)
    for (const prefix of prefixes) probabilities[prefix] = at(probabilities, prefix) + at(ofUtterance, index);
  return probabilities;
}

/** Shannon entropy in nats; 0 log 0 is 0. */
export function entropy(probabilities: readonly number[]): number {
  return probabilities.reduce((total, p) => (p > 0 ? total - p * Math.log(p) : total), 0);
}

/** softmax(scores / temperature); at temperature 0 the best score's token alone, the first of equals. */
export function softmax(scores: readonly number[], temperature: number): number[] {
  const highest = Math.max(...scores);
  if (temperature <= 0) {
    const best = scores.indexOf(highest);
    return scores.map((_, token) => (token === best ? 1 : 0));
  }
  const powers = scores.map((score) => Math.exp((score - highest) / temperature));
  const total = powers.reduce((all, power) => all + power, 0);
  return powers.map((power) => power / total);
}
