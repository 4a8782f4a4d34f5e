import { closeSync, existsSync, fstatSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { iterationSchema } from "../report/run-schema.ts";

/** How far a run is, as its folder tells; also of a run on another machine that writes there. */
export interface TrialProgress {
  /** Whether its folder is here; that of a trial on a machine that shares none comes back in the end. */
  readonly hasBegun: boolean;
  /** Iterations that are complete; null before the online stage. */
  readonly iteration: number | null;
  /** Success while training, of the last iteration in which an episode ended. */
  readonly success: number | null;
}

/** A line of `metrics.jsonl` is shorter. */
const TAIL_BYTES = 16_384;

export function trialProgress(directory: string): TrialProgress {
  const hasBegun = existsSync(directory);
  const line = lastLine(join(directory, "metrics.jsonl"));
  if (line === undefined) return { hasBegun, iteration: null, success: null };
  try {
    const { iteration, metrics } = iterationSchema.parse(JSON.parse(line));
    return { hasBegun, iteration, success: metrics["rollout/success"] ?? null };
  } catch {
    // A line that is being written.
    return { hasBegun, iteration: null, success: null };
  }
}

/** Whether other trials can take its offline stage over. */
export function hasOfflineStage(directory: string): boolean {
  return existsSync(join(directory, "checkpoints", "offline"));
}

/** The last whole line; undefined without one. */
function lastLine(path: string): string | undefined {
  if (!existsSync(path)) return undefined;
  const file = openSync(path, "r");
  try {
    const { size } = fstatSync(file);
    const tail = Buffer.alloc(Math.min(size, TAIL_BYTES));
    readSync(file, tail, 0, tail.length, size - tail.length);
    return tail.toString("utf8").split("\n").slice(0, -1).at(-1);
  } finally {
    closeSync(file);
  }
}
