import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { methodName } from "../config/method.ts";
import { messageOf, RunFolderError } from "../errors.ts";
import { delimited } from "../report/delimited.ts";
import { writeJson } from "../runs/atomic-write.ts";
import type { Summary } from "../training/summary.ts";
import type { Trial } from "./definition.ts";

export type TrialOutcome =
  | { readonly kind: "finished"; readonly summary: Summary }
  | { readonly kind: "failed"; readonly reason: string };

/** A trial in one line, as a statistics package wants it; null where it has not finished. */
export interface TrialRow {
  readonly trial: string;
  /** Labels by setting. */
  readonly settings: Readonly<Record<string, string>>;
  readonly seed: number;
  readonly method: string;
  readonly state: "finished" | "failed" | "unfinished";
  /** Of the reported policy, sampled; `low` and `high` are its 95 % Wilson interval. */
  readonly success: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly episodes: number | null;
  /** Of the reported policy at its likeliest tokens. */
  readonly greedy: number | null;
  /** After the offline stage, sampled. */
  readonly offline: number | null;
  readonly validJson: number | null;
  readonly iteration: number | null;
  readonly envSteps: number | null;
  readonly seconds: number | null;
  readonly peakMemoryBytes: number | null;
  /** Why it failed. */
  readonly reason: string | null;
}

export function trialRow({ name, settings, seed, experiment }: Trial, outcome: TrialOutcome | undefined): TrialRow {
  const summary = outcome?.kind === "finished" ? outcome.summary : undefined;
  const [last, before] = [summary?.stages.at(-1), summary?.stages.at(-2)];
  const [low, high] = summary?.successInterval ?? [null, null];
  return {
    trial: name,
    settings,
    seed,
    method: methodName(experiment),
    state: outcome?.kind ?? "unfinished",
    success: summary?.successRate ?? null,
    low,
    high,
    episodes: summary?.episodes ?? null,
    greedy: last?.greedy?.rate ?? null,
    offline: before?.sampled.rate ?? null,
    validJson: last?.sampled.validJson ?? null,
    iteration: summary?.chosenIteration ?? null,
    envSteps: summary?.envSteps ?? null,
    seconds: summary?.seconds.total ?? null,
    peakMemoryBytes: summary?.peakMemoryBytes ?? null,
    reason: outcome?.kind === "failed" ? outcome.reason : null,
  };
}

/** `results.csv`, a column a setting, and `results.json`. @throws RunFolderError where there is no writing. */
export function writeRows(directory: string, rows: readonly TrialRow[]): void {
  const flat = rows.map(({ trial, settings, ...row }) => ({ trial, ...settings, ...row }));
  const columns = Object.keys(flat[0] ?? {});
  const lines = flat.map((row) => {
    const values = new Map<string, string | number | null>(Object.entries(row));
    return columns.map((column) => values.get(column) ?? null);
  });
  try {
    writeJson(join(directory, "results.json"), rows);
    writeFileSync(join(directory, "results.csv"), delimited([columns, ...lines]));
  } catch (cause) {
    throw new RunFolderError(`${directory}: results.csv and results.json cannot be written: ${messageOf(cause)}`, {
      cause,
    });
  }
}
