import type { RunExplanation } from "../explanation/explain-run.ts";
import type { SampledRun } from "../explanation/sample-at-state.ts";
import type { Prompting } from "../prompting/definition.ts";
import type { RecordedRun } from "../report/read-run.ts";
import type { PaperTable, ReproductionId } from "./paper.ts";
import type { Unit } from "./units.ts";

/**
 * - `tiny`: the embedded default, on two cores
 * - `paper`: the paper's models and budgets, on a GPU
 */
export const SCALES = ["tiny", "paper"] as const;
export type Scale = (typeof SCALES)[number];

/** A table or figure of the paper: what it shows, and where our number for each cell comes from. */
export interface Reproduction {
  readonly id: ReproductionId;
  readonly title: string;
  readonly paper: PaperTable;
  /** In the paper's order. */
  readonly rows: readonly Row[];
  readonly columns: readonly Column[];
  /** The row that the others are compared with. */
  readonly method: string;
  readonly scales: Readonly<Record<Scale, Ours>>;
  /** A look at each run that a cell stands on, beyond what its folder tells. */
  readonly look?: Look;
  /** Columns whose runs are drawn as learning curves. */
  readonly curves?: readonly string[];
  /** Rows that come from runs of `coso prompt`; absent where a table has none. */
  readonly prompted?: PromptedRows;
}

/** How a table shows models that were prompted, not trained. */
export interface PromptedRows {
  /** After which the models that the paper does not have are added. */
  readonly group: string;
  /** The paper's row that a run stands in, or the name of one of its own. */
  rowOf(prompting: Prompted): string;
  /** What a run says of which columns; none where its environment is in no column at this scale. */
  columnsOf(prompting: Prompted, scale: Scale): Readonly<Record<string, PromptedColumn>>;
}

/** What a run of `coso prompt` was set to, as far as tables ask. */
export type Prompted = Pick<Prompting, "environment" | "endpoint">;

export interface PromptedColumn {
  readonly measure: Measure;
  /** Where the column has none of its own at this scale. */
  readonly environment: EnvironmentLabel;
}

export interface Row {
  /** As in the paper's rows. */
  readonly id: string;
  readonly title: string;
  readonly group?: string;
}

export interface Column {
  /** As in the paper's columns. */
  readonly id: string;
  readonly title: string;
  readonly group?: string;
  readonly unit: Unit;
  /** Over other columns; per seed, of the seeds that all of them have. */
  readonly average?: Average;
}

export interface Average {
  readonly of: readonly string[];
  /** `episodes`: as often as each column's kind of episode occurred. */
  readonly weights: "equal" | "episodes";
}

/** One scale of a reproduction. */
export interface Ours {
  /** What plays, and how much of it, in a sentence's part. */
  readonly subject: string;
  /** By row, what stands in it here, where that is not what the paper has. */
  readonly standsIn?: Readonly<Record<string, string>>;
  /** By column; an average has none. */
  readonly environments: Readonly<Record<string, EnvironmentLabel>>;
  cell(row: string, column: string): Source;
  /** What a reader has to know beside the table. */
  readonly notes: readonly string[];
}

/**
 * - `official`: the paper's rules and data
 * - `synthetic`: its engine or rules, with episodes of our own
 * - `schematic`: its rules, with drawings in place of rendered views
 * - `simulated`: a stand-in for a device and what runs on it
 */
export interface EnvironmentLabel {
  readonly kind: "official" | "synthetic" | "schematic" | "simulated";
  readonly detail: string;
}

export type Source = RunSource | NotRun;

export interface NotRun {
  readonly kind: "not run";
  /** With the command or the thing that would change it. */
  readonly reason: string;
}

export interface RunSource {
  readonly kind: "runs";
  readonly study: Study;
  /** Labels of the study's methods; of each seed the first that has finished counts, where several tell the same. */
  readonly methods: readonly string[];
  readonly measure: Measure;
  /** The reproduction whose runs these are: too dear to be made for this one alone. */
  readonly borrowedFrom?: ReproductionId;
}

/** Runs of a file: a comparison, or an experiment with methods. */
export interface Study {
  /** Names its folder. */
  readonly name: string;
  /** Relative to this package. */
  readonly file: string;
  /** Of an experiment: `key.path=value` settings by method. */
  readonly methods?: Readonly<Record<string, readonly string[]>>;
  /** Of an experiment. */
  readonly seeds?: readonly number[];
  /** Methods that run whenever one of the others does. */
  readonly always?: readonly string[];
  readonly requires?: readonly Requirement[];
}

/** Something that a machine may lack. */
export interface Requirement {
  readonly what: string;
  readonly mend: string;
  isMet(): boolean;
}

/** What a cell says of one run; null where the run does not tell. */
export type Measure = (finding: Finding) => Measured | null;

export interface Measured {
  readonly value: number;
  /** Behind the value; null where it counts none. */
  readonly episodes: number | null;
}

export interface Finding {
  readonly run: RecordedRun;
  readonly look: RunLook | null;
}

export type Look =
  | { readonly kind: "explain"; readonly utterances: number }
  | { readonly kind: "sample"; readonly stateFile: string; readonly samples: number };

export type RunLook =
  | { readonly kind: "explain"; readonly explanation: RunExplanation }
  | { readonly kind: "sample"; readonly sampled: SampledRun };
