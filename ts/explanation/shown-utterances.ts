import type { WeighedUtterance } from "./explain-run.ts";

/**
 * A few utterances to look at, not picked by their weights: the first of each outcome in turn, rarer outcomes first,
 * then the second, and so on, no two with the same text.
 */
export function shownUtterances(utterances: readonly WeighedUtterance[], count: number): WeighedUtterance[] {
  const byOutcome = new Map<string, WeighedUtterance[]>();
  const seen = new Set<string>();
  const frequency = new Map<string, number>();
  for (const utterance of utterances) {
    const key = outcomeKey(utterance);
    frequency.set(key, (frequency.get(key) ?? 0) + 1);
    if (seen.has(utterance.utterance)) continue;
    seen.add(utterance.utterance);
    byOutcome.set(key, [...(byOutcome.get(key) ?? []), utterance]);
  }
  const groups = [...byOutcome]
    .toSorted(([one], [other]) => (frequency.get(one) ?? 0) - (frequency.get(other) ?? 0))
    .map(([, group]) => group);
  const rounds = Math.max(0, ...groups.map(({ length }) => length));
  return Array.from({ length: rounds }, (_, round) => groups.flatMap((group) => group[round] ?? []))
    .flat()
    .slice(0, count);
}

function outcomeKey({ outcome }: WeighedUtterance): string {
  return outcome.kind === "action" ? `action ${outcome.action}` : `invalid ${outcome.reason}`;
}
