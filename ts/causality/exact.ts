/**
 * Causal weights without a model of f^parse: f^parse itself, run on counterfactual utterances (Eq. 4, with D = 1 where
 * the action changes and 0 where it does not). They are what an SCM's weights approximate.
 *
 * Counterfactuals are made token by token from the tokens that were sampled, and read as text.
 */

/** What stands in for the tokens from a position on. */
export interface Replacements {
  /** By what y_null looks like as text, once for a window; null: not done. */
  readonly nullText: string | null;
  /** By nothing. */
  readonly delete: boolean;
  /** By other draws of the policy in the token's place; where there is a window, of its first token. */
  readonly alternatives: readonly (readonly string[])[];
}

/**
 * B^i in [0, 1] of each token: the share of replacements of tokens i … i + `window` − 1 that change the action.
 *
 * @param pieces One string a token; together they are the utterance.
 * @param actionOf f^parse as far as it counts: equal strings for equal actions, one string for all that is invalid.
 */
export function exactWeights(
  pieces: readonly string[],
  actionOf: (utterance: string) => string,
  replacements: Replacements,
  window = 1,
): Float32Array {
  const starts = offsetsOf(pieces);
  const utterance = pieces.join("");
  const action = actionOf(utterance);
  // Tokens of no text (the end token) and repeated draws give the same counterfactual again and again.
  const changes = new Map<string, boolean>();
  const isChanged = (counterfactual: string): boolean => {
    let changed = changes.get(counterfactual);
    if (changed === undefined) {
      changed = counterfactual !== utterance && actionOf(counterfactual) !== action;
      changes.set(counterfactual, changed);
    }
    return changed;
  };
  return Float32Array.from(pieces, (_, token) => {
    const before = utterance.slice(0, starts[token]);
    const after = utterance.slice(starts[Math.min(token + window, pieces.length)]);
    const standIns = [
      ...(replacements.nullText === null ? [] : [replacements.nullText]),
      ...(replacements.delete ? [""] : []),
      ...(replacements.alternatives[token] ?? []),
    ];
    const changed = standIns.filter((standIn) => isChanged(before + standIn + after)).length;
    return standIns.length === 0 ? 0 : changed / standIns.length;
  });
}

/** Where each token begins, and the end of the last. */
function offsetsOf(pieces: readonly string[]): number[] {
  const offsets = [0];
  for (const piece of pieces) offsets.push((offsets.at(-1) ?? 0) + piece.length);
  return offsets;
}
