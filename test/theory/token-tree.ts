/**
 * All utterances of exactly n tokens over a vocabulary of V: the leaves of a V-ary tree whose inner nodes are prefixes.
 * Nodes are numbered as in a heap, the root (the empty prefix) first, so that a prefix comes after its own prefixes.
 * A shorter utterance is one whose end token is followed by itself with probability 1, which adds no entropy.
 */
export interface TokenTree {
  /** V. Tokens are 0 … V − 1. */
  readonly vocabulary: number;
  /** n */
  readonly length: number;
  readonly numPrefixes: number;
  /** V^n utterances, in lexicographic order. */
  readonly utterances: readonly Utterance[];
}

export interface Utterance {
  readonly index: number;
  /** y^1 … y^n */
  readonly tokens: readonly number[];
  /** The nodes y^{1:0} … y^{1:n−1}, that is, what each token was conditioned on. */
  readonly prefixes: readonly number[];
}

export function tokenTree(vocabulary: number, length: number): TokenTree {
  const numPrefixes = (vocabulary ** length - 1) / (vocabulary - 1);
  const utterances = Array.from({ length: vocabulary ** length }, (_, index) => {
    const tokens = Array.from({ length }, (__, i) => Math.floor(index / vocabulary ** (length - 1 - i)) % vocabulary);
    const prefixes = [0];
    for (const token of tokens.slice(0, -1)) prefixes.push(at(prefixes, -1) * vocabulary + 1 + token);
    return { index, tokens, prefixes };
  });
  return { vocabulary, length, numPrefixes, utterances };
}

/** What null replaces a token by: a symbol that no policy can say, but that f^parse has to read. */
export function nullToken({ vocabulary }: TokenTree): number {
  return vocabulary;
}

/** `table[index]`, counted from the end if negative; a RangeError where there is none. */
export function at<T>(table: readonly T[], index: number): T {
  const value = table.at(index);
  if (value === undefined) throw new RangeError(`expected an index into ${table.length} entries, received ${index}`);
  return value;
}

export function sum(terms: Iterable<number>): number {
  let total = 0;
  for (const term of terms) total += term;
  return total;
}

/** Σ_k p_k v_k */
export function dot(probabilities: readonly number[], values: readonly number[]): number {
  return sum(probabilities.map((probability, k) => probability * at(values, k)));
}
