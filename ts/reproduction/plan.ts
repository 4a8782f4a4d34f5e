import type { Trial } from "../comparison/definition.ts";
import { trialName } from "../comparison/run.ts";
import type { FoundRun, FoundRuns } from "./found-runs.ts";
import { type LoadedStudy, loadStudy } from "./load-study.ts";
import type { Reproduction, Requirement, RunSource, Scale, Study } from "./reproduction.ts";
import type { Selection } from "./selection.ts";

/** What has to be run of one study. */
export interface StudyPlan {
  readonly loaded: LoadedStudy;
  /** Methods that are needed; none where all of its runs are borrowed. */
  readonly methods: ReadonlySet<string>;
  readonly trials: readonly PlannedTrial[];
  /** What the machine lacks; with any, none of its runs is begun. */
  readonly lacks: readonly Requirement[];
}

export interface PlannedTrial {
  readonly name: string;
  readonly trial: Trial;
  readonly found: FoundRun;
}

/** Studies in the order in which the reproductions first need them. */
export async function planRuns(
  reproductions: readonly Reproduction[],
  scale: Scale,
  runs: FoundRuns,
  isSelected: Selection,
): Promise<StudyPlan[]> {
  const needed = new Map<string, { study: Study; methods: Set<string> }>();
  const cells = reproductions.flatMap((reproduction) =>
    runCells(reproduction, scale).map((cell) => ({ reproduction, ...cell })),
  );
  const isBorrowed = ({ source: { borrowedFrom } }: (typeof cells)[number]): boolean => borrowedFrom !== undefined;
  // What is borrowed is run where its owner is, or not at all.
  for (const cell of [...cells.filter((each) => !isBorrowed(each)), ...cells.filter(isBorrowed)]) {
    const { reproduction, row, column, source } = cell;
    const need = needed.get(source.study.name) ?? { study: source.study, methods: new Set<string>() };
    needed.set(source.study.name, need);
    const hasOwner = !isBorrowed(cell) || reproductions.some(({ id }) => id === source.borrowedFrom);
    if (!hasOwner || !isSelected(reproduction, row, column)) continue;
    for (const method of [...(source.study.always ?? []), ...source.methods.slice(0, 1)]) need.methods.add(method);
  }
  return Promise.all(
    [...needed.values()].map(async ({ study, methods }) => {
      const loaded = await loadStudy(study);
      const trials = loaded.trials
        .filter(({ method }) => methods.has(method))
        .map((trial) => ({ name: trialName(trial), trial, found: runs.find(study, trial) }));
      return { loaded, methods, trials, lacks: (study.requires ?? []).filter((requirement) => !requirement.isMet()) };
    }),
  );
}

/** Cells that come from runs. */
export function runCells(
  { rows, columns, scales }: Omit<Reproduction, "look">,
  scale: Scale,
): { row: string; column: string; source: RunSource }[] {
  return rows.flatMap(({ id: row }) =>
    columns
      .filter(({ average }) => average === undefined)
      .flatMap(({ id: column }) => {
        const source = scales[scale].cell(row, column);
        return source.kind === "runs" ? [{ row, column, source }] : [];
      }),
  );
}

export function isLeft({ found }: PlannedTrial): boolean {
  return found.state !== "finished";
}
