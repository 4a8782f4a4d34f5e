import { delimited } from "./delimited.ts";
import type { RecordedRun } from "./read-run.ts";

/** One evaluation of one run, as a statistics package wants it: numbers unrounded, a column a field. */
export interface FlatRow {
  name: string;
  seed: number;
  stage: string;
  decoding: "sampled" | "greedy";
  successes: number;
  episodes: number;
  rate: number;
  low: number;
  high: number;
  /** Null, and empty in a file, where the environment asks for no JSON. */
  validJson: number | null;
  invalid: number;
  meanReturn: number;
  /** Episodes in which the environment broke down, none of which are in `episodes`. */
  faults: number;
  /** What was played, as JSON; empty where the environment's name says it all. */
  conditions: string;
}

/** The evaluations of the finished runs. */
export function flatRows(runs: readonly RecordedRun[]): FlatRow[] {
  return runs.flatMap(({ outcome }) => {
    if (outcome.kind === "unfinished") return [];
    const { name, seed, stages } = outcome.summary;
    return stages.flatMap((stage) =>
      (["sampled", "greedy"] as const).flatMap((decoding): FlatRow[] => {
        const evaluation = stage[decoding];
        if (evaluation === null) return [];
        const { successes, episodes, rate, interval, validJson, invalid, meanReturn, faults = 0 } = evaluation;
        const conditions = evaluation.conditions === undefined ? "" : JSON.stringify(evaluation.conditions);
        const [low, high] = interval;
        const counts = { successes, episodes, rate, low, high };
        return [
          { name, seed, stage: stage.stage, decoding, ...counts, validJson, invalid, meanReturn, faults, conditions },
        ];
      }),
    );
  });
}

const COLUMNS = [
  "name",
  "seed",
  "stage",
  "decoding",
  "successes",
  "episodes",
  "rate",
  "low",
  "high",
  "validJson",
  "invalid",
  "meanReturn",
  "faults",
  "conditions",
] as const satisfies (keyof FlatRow)[];

/** With a header. */
export function csv(rows: readonly FlatRow[]): string {
  return delimited([COLUMNS, ...rows.map((row) => COLUMNS.map((column) => row[column]))]);
}
