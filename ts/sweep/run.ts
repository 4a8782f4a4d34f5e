import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "../errors.ts";
import { type WrittenReport, writeReport } from "../report/write-report.ts";
import { claim } from "../runs/lock.ts";
import { RunFolder } from "../runs/run-folder.ts";
import { readSummary } from "../training/summary.ts";
import type { SweepBoard } from "./board.ts";
import { damageOf } from "./damage.ts";
import { type Sweep, type Trial, trialsOf } from "./definition.ts";
import type { Ending, Launcher } from "./launcher.ts";
import { offlineOrigins } from "./offline-origins.ts";
import { type TrialOutcome, type TrialRow, trialRow, writeRows } from "./results.ts";
import { nextStart, type TrialState } from "./schedule.ts";
import { secondsLeft } from "./time-left.ts";
import { hasOfflineStage, trialProgress } from "./trial-progress.ts";

export interface SweepOptions {
  /** The sweep's file, which trials read again. */
  file: string;
  /** Folder of the sweep: `runs/`, `logs/`, `report/`, `results.csv` and `results.json`. */
  directory: string;
  launcher: Launcher;
  board: SweepBoard;
  signal?: AbortSignal;
}

export interface SweepResult {
  /** One a trial, in the grid's order. */
  rows: TrialRow[];
  failed: { trial: string; reason: string }[];
  /** Null where nothing has finished. */
  report: WrittenReport | null;
}

/** How often run folders are looked at. */
const LOOK_MS = 1000;

/**
 * Runs what has not finished of a sweep. A trial that fails is named in the result and the others go on; trials share
 * offline stages that are the same. The table of results is written whenever a trial ends.
 * @throws RunFolderError while another process works in the folder; the signal's reason once all trials have stopped.
 */
export async function runSweep(sweep: Sweep, options: SweepOptions): Promise<SweepResult> {
  const { directory, board } = options;
  mkdirSync(join(directory, "runs"), { recursive: true });
  const release = claim(join(directory, "sweep.lock"));
  try {
    const run = new SweepRun(sweep, options);
    await run.play();
    options.signal?.throwIfAborted();
    return await run.result();
  } finally {
    board.end();
    release();
  }
}

interface Playing {
  readonly trial: Trial;
  readonly slot: number;
  /** Null while the launcher has no place for it. */
  runsSinceMs: number | null;
  /** Whether it has ended; never rejects. */
  readonly ended: Promise<void>;
}

class SweepRun {
  readonly #options: SweepOptions;
  readonly #trials: readonly Trial[];
  readonly #origins: ReadonlyMap<Trial, readonly Trial[]>;
  readonly #outcomes = new Map<Trial, TrialOutcome>();
  readonly #playing = new Map<Trial, Playing>();

  constructor(sweep: Sweep, options: SweepOptions) {
    this.#options = options;
    this.#trials = trialsOf(sweep);
    this.#origins = options.launcher.sharesFolders ? offlineOrigins(this.#trials) : new Map();
    for (const trial of this.#trials) this.#look(trial);
  }

  /**
   * What an earlier sweep left of a trial. One whose folder is damaged counts as failed, and the others go on.
   * @throws RunFolderError for one that was begun with other settings.
   */
  #look(trial: Trial): void {
    const run = new RunFolder(this.#folder(trial));
    const damage = damageOf(run);
    if (damage !== undefined) this.#outcomes.set(trial, { kind: "failed", reason: damage });
    else this.#settle(trial);
  }

  async play(): Promise<void> {
    const { launcher, signal, board } = this.#options;
    const stop = signal ?? new AbortController().signal;
    board.begin(this.#trials.length);
    while (true) {
      while (!stop.aborted && this.#playing.size < launcher.slots && this.#start(stop));
      if (this.#playing.size === 0) break;
      // Launchers that have room say so by then.
      await nextTurn();
      board.show(this.#view());
      const look = new AbortController();
      const looked = sleep(LOOK_MS, undefined, { signal: look.signal }).catch(() => undefined);
      await Promise.race([...[...this.#playing.values()].map(({ ended }) => ended), looked]);
      look.abort();
    }
    board.show(this.#view());
    writeRows(this.#options.directory, this.#rows());
  }

  async result(): Promise<SweepResult> {
    const { directory } = this.#options;
    const finished = this.#trials.filter((trial) => this.#stateOf(trial) === "finished");
    const folders = finished.map((trial) => this.#folder(trial));
    const report = folders.length === 0 ? null : await writeReport(folders, join(directory, "report"));
    const failed = this.#trials.flatMap((trial) => {
      const outcome = this.#outcomes.get(trial);
      return outcome?.kind === "failed" ? [{ trial: trial.name, reason: outcome.reason }] : [];
    });
    return { rows: this.#rows(), failed, report };
  }

  /** Starts the next trial, if one can start. */
  #start(signal: AbortSignal): boolean {
    const next = nextStart(this.#trials, this.#origins, {
      state: (trial) => this.#stateOf(trial),
      hasOfflineStage: (trial) => hasOfflineStage(this.#folder(trial)),
    });
    if (next === undefined) return false;
    const { trial, origin } = next;
    const { launcher, file } = this.#options;
    const taken = new Set([...this.#playing.values()].map(({ slot }) => slot));
    const slot = Array.from({ length: launcher.slots }, (_, place) => place).find((place) => !taken.has(place)) ?? 0;
    const job = {
      trial,
      file,
      directory: this.#folder(trial),
      offlineFrom: origin === undefined ? undefined : this.#folder(origin),
    };
    const runs = (): void => {
      const playing = this.#playing.get(trial);
      if (playing !== undefined) playing.runsSinceMs = performance.now();
    };
    // Begins in the next turn, when the trial counts as playing.
    const ended = Promise.resolve()
      .then(() => launcher.run(job, slot, signal, runs))
      .catch((error: unknown): Ending => ({ kind: "failed", reason: messageOf(error) }))
      .then((ending) => this.#end(trial, ending, signal.aborted));
    this.#playing.set(trial, { trial, slot, runsSinceMs: null, ended });
    return true;
  }

  #end(trial: Trial, ending: Ending, wasAsked: boolean): void {
    this.#playing.delete(trial);
    if (ending.kind === "stopped" && wasAsked) return;
    try {
      this.#settle(trial, ending);
    } catch (error) {
      this.#outcomes.set(trial, { kind: "failed", reason: messageOf(error) });
    }
    const outcome = this.#outcomes.get(trial);
    if (outcome !== undefined) this.#options.board.ended(trial, outcome);
    this.#write();
  }

  /** What the folder says goes before what the process said: a trial counts as finished when its summary is there. */
  #settle(trial: Trial, ending?: Ending): void {
    const run = new RunFolder(this.#folder(trial));
    if (run.holdsWork()) run.requireSame(trial.experiment);
    if (run.isFinished()) {
      this.#outcomes.set(trial, { kind: "finished", summary: readSummary(run) });
    } else if (ending?.kind === "failed") {
      this.#outcomes.set(trial, ending);
    } else if (ending !== undefined) {
      this.#outcomes.set(trial, { kind: "failed", reason: WITHOUT_SUMMARY[ending.kind] });
    }
  }

  #stateOf(trial: Trial): TrialState | "finished" {
    return this.#outcomes.get(trial)?.kind ?? (this.#playing.has(trial) ? "running" : "waiting");
  }

  #view(): Parameters<SweepBoard["show"]>[0] {
    const states = this.#trials.map((trial) => this.#stateOf(trial));
    const count = (wanted: string): number => states.filter((state) => state === wanted).length;
    const running = [...this.#playing.values()].flatMap(({ trial, runsSinceMs }) => {
      if (runsSinceMs === null) return [];
      return [{ trial, seconds: (performance.now() - runsSinceMs) / 1000, ...trialProgress(this.#folder(trial)) }];
    });
    const queued = this.#playing.size - running.length;
    const finished = [...this.#outcomes.values()].flatMap((outcome) =>
      outcome.kind === "finished" ? [outcome.summary.seconds.total ?? 0] : [],
    );
    const waiting = count("waiting");
    // A launcher that lets trials wait has no more places than it shows.
    const slots = queued > 0 ? Math.max(1, running.length) : this.#options.launcher.slots;
    return {
      finished: count("finished"),
      failed: count("failed"),
      queued,
      waiting,
      running,
      secondsLeft: secondsLeft({ finished, running, waiting: waiting + queued, slots }),
    };
  }

  #rows(): TrialRow[] {
    return this.#trials.map((trial) => trialRow(trial, this.#outcomes.get(trial)));
  }

  /** Trials that run are worth more than a table that can be written later. */
  #write(): void {
    try {
      writeRows(this.#options.directory, this.#rows());
    } catch (error) {
      this.#options.board.say(`the table of results cannot be written now: ${messageOf(error)}`);
    }
  }

  #folder({ name }: Trial): string {
    return join(this.#options.directory, "runs", name);
  }
}

/** Why there is none, where the sweep itself did not ask for a stop. */
const WITHOUT_SUMMARY = {
  finished: "it ended well, but left no summary.json",
  stopped: "it was interrupted from outside; the same command goes on with it",
};
