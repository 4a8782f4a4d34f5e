import type { Collected } from "./collect.ts";

const ESTIMATES =
  "Ours: mean over seeds [95 %: bootstrap over seeds, or Wilson over the episodes of a single one], number of seeds, episodes in all (ep.).";

const BEST =
  "better than every other method that was run in the column: over at least 3 shared seeds, with 0 below both 95 % intervals " +
  "of the paired difference, the bootstrap's and Student's.";

/** Why cells are empty, each reason once. */
export class Reasons {
  readonly #letters = new Map<string, string>();

  /** a to z, then a2 to z2 and so on. */
  letterOf(reason: string): string {
    const known = this.#letters.get(reason);
    if (known !== undefined) return known;
    const [place, round] = [this.#letters.size % 26, Math.floor(this.#letters.size / 26)];
    const letter = `${String.fromCharCode("a".charCodeAt(0) + place)}${round === 0 ? "" : round + 1}`;
    this.#letters.set(reason, letter);
    return letter;
  }

  lines(): string[] {
    return [...this.#letters].map(([reason, letter]) => `(${letter}) not run: ${reason}`);
  }
}

/** What stands under a table. @param best how a best cell is marked. */
export function notesOf(
  { reproduction, scale, cells, revisions }: Collected,
  reasons: Reasons,
  best: string,
): string[] {
  const { environments, notes } = reproduction.scales[scale];
  const labels = new Set(Object.values(environments).map(({ kind, detail }) => `Environment, ${kind}: ${detail}.`));
  const measured = [...cells.values()].filter(({ state }) => state !== "not run");
  const canBeBest = measured.length > 0 && reproduction.columns.some(({ unit }) => unit.better !== "none");
  return [
    ...labels,
    ...(measured.length === 0 ? [] : [ESTIMATES]),
    ...(canBeBest ? [`${best}: ${BEST}`] : []),
    ...notes,
    ...reasons.lines(),
    ...(revisions.length === 0
      ? []
      : [`Code of the runs: ${revisions.map((revision) => revision ?? "outside a checkout").join(", ")}.`]),
  ];
}
