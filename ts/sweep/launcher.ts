import type { Trial } from "./definition.ts";

/** A trial to run: what `coso train FILE --trial NAME` is told. */
export interface TrialJob {
  readonly trial: Trial;
  /** The sweep's file, which the trial reads again in its own process. */
  readonly file: string;
  /** The run folder, on this machine. */
  readonly directory: string;
  /** Run folder whose offline stage it takes over. */
  readonly offlineFrom: string | undefined;
}

/** `stopped`: it was asked to, and what it had is saved. */
export type Ending =
  | { readonly kind: "finished" }
  | { readonly kind: "stopped" }
  | { readonly kind: "failed"; readonly reason: string };

/** Where trials run. */
export interface Launcher {
  /** How many at a time. */
  readonly slots: number;
  /** Whether trials see each other's run folders, and so can take offline stages over. */
  readonly sharesFolders: boolean;
  /**
   * Runs a trial to its end, in a slot from 0 that no other trial has meanwhile. Never rejects. `signal` asks it to stop.
   * `runs` is called once it has a place and runs, which it may have to wait for.
   */
  run(job: TrialJob, slot: number, signal: AbortSignal, runs: () => void): Promise<Ending>;
}

/** Words of `coso train` that run a trial, begun or not. */
export function trainArguments({ trial, file, directory, offlineFrom }: TrialJob): string[] {
  const origin = offlineFrom === undefined ? [] : ["--offline-from", offlineFrom];
  return ["train", file, "--trial", trial.name, "--out", directory, "--resume", "--json", ...origin];
}

/** The last error that an output names, with what stands below it; undefined where it names none. */
export function namedError(lines: readonly string[]): string | undefined {
  const start = lines.findLastIndex((line) => /^\w*Error: /.test(line));
  return start < 0 ? undefined : lines.slice(start).join("\n").trim();
}
