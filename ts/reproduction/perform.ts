import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Trial } from "../comparison/definition.ts";
import { compareMethods } from "../comparison/run.ts";
import { messageOf } from "../errors.ts";
import { type Progress, silentProgress } from "../progress.ts";
import { claim } from "../runs/lock.ts";
import type { StartWorker } from "../train.ts";
import { type Collected, collect } from "./collect.ts";
import { FoundRuns } from "./found-runs.ts";
import { loadStudy, someMethods } from "./load-study.ts";
import { lookAt, storedLook } from "./look.ts";
import { isLeft, planRuns, runCells, type StudyPlan } from "./plan.ts";
import type { Reproduction, Scale } from "./reproduction.ts";
import type { Selection } from "./selection.ts";
import { type WrittenReproduction, writeReproduction } from "./write.ts";

export interface ReproduceOptions {
  /** Folder of all scales. */
  directory: string;
  scale: Scale;
  isSelected: Selection;
  /** Folders whose finished runs count too, where their settings are the same. */
  from: readonly string[];
  /** Runs at a time; each has a worker process. */
  jobs: number;
  /** Whether what is missing is run; otherwise what is there is tabled. */
  runs: boolean;
  progress?: Progress;
  signal?: AbortSignal;
  /** The default starts the Python worker. */
  startWorker?: StartWorker;
}

export interface Reproduced {
  readonly collected: Collected;
  readonly written: WrittenReproduction;
}

export interface ReproduceResult {
  readonly reproductions: readonly Reproduced[];
  readonly failed: readonly { readonly run: string; readonly reason: string }[];
}

/**
 * Runs what tables and figures still need, study after study, and tables them whenever a study they stand on is done, so that a
 * cut at any point leaves what was reached. Finished runs are not run again, those cut off are resumed.
 * @throws RunFolderError while another process works in the folder; the signal's reason once what runs is saved.
 */
export async function reproduce(
  reproductions: readonly Reproduction[],
  options: ReproduceOptions,
): Promise<ReproduceResult> {
  const root = join(options.directory, options.scale);
  if (!options.runs) return new Performance(reproductions, options, root).table(reproductions);
  mkdirSync(root, { recursive: true });
  const release = claim(join(root, "reproduce.lock"));
  try {
    return await new Performance(reproductions, options, root).perform();
  } finally {
    release();
  }
}

class Performance {
  readonly #reproductions: readonly Reproduction[];
  readonly #options: ReproduceOptions;
  readonly #root: string;
  readonly #progress: Progress;
  readonly #signal: AbortSignal;
  /** By run. */
  readonly #failures = new Map<string, string>();

  constructor(reproductions: readonly Reproduction[], options: ReproduceOptions, root: string) {
    this.#reproductions = reproductions;
    this.#options = options;
    this.#root = root;
    this.#progress = options.progress ?? silentProgress;
    this.#signal = options.signal ?? new AbortController().signal;
  }

  async perform(): Promise<ReproduceResult> {
    const { scale, isSelected } = this.#options;
    const plans = await planRuns(this.#reproductions, scale, await this.#found(), isSelected);
    for (const plan of plans) {
      await this.#runStudy(plan);
      // What it changes is told at once: the next study may be cut off.
      await this.table(this.#reproductions.filter((each) => standsOn(each, scale, plan)));
    }
    for (const reproduction of this.#reproductions) await this.#lookAtRuns(reproduction);
    return this.table(this.#reproductions);
  }

  /** Collects and writes, without running anything. */
  async table(reproductions: readonly Reproduction[]): Promise<ReproduceResult> {
    const { scale } = this.#options;
    const runs = await this.#found();
    const done: Reproduced[] = [];
    for (const reproduction of reproductions) {
      const collected = await collect(reproduction, scale, { runs, looks: this.#looks, failures: this.#failures });
      done.push({ collected, written: await writeReproduction(collected, join(this.#root, reproduction.id)) });
    }
    return { reproductions: done, failed: [...this.#failures].map(([run, reason]) => ({ run, reason })) };
  }

  get #looks(): string {
    return join(this.#root, "looks");
  }

  #found(): Promise<FoundRuns> {
    return FoundRuns.in(join(this.#root, "runs"), this.#options.from);
  }

  async #runStudy({ loaded, methods, trials, lacks }: StudyPlan): Promise<void> {
    if (lacks.length > 0 || !trials.some(isLeft)) return;
    const { jobs, startWorker } = this.#options;
    const { name } = loaded.study;
    const runs = await this.#found();
    this.#progress.say(`${name}: ${trials.filter(isLeft).length} of ${trials.length} runs are left`);
    const { failed } = await compareMethods(someMethods(loaded, methods), {
      directory: runs.folderOf(loaded.study),
      jobs,
      progress: this.#progress,
      signal: this.#signal,
      finishedElsewhere: (trial: Trial) => {
        const found = runs.find(loaded.study, trial);
        return found.state === "finished" && found.isElsewhere ? found.directory : undefined;
      },
      ...(startWorker !== undefined && { startWorker }),
    });
    for (const { trial, reason } of failed) this.#failures.set(`${name}/${trial.replace(/^reported\//, "")}`, reason);
  }

  /** Looks at finished runs that have not been looked at. */
  async #lookAtRuns({ look, ...reproduction }: Reproduction): Promise<void> {
    if (look === undefined) return;
    const { scale, startWorker } = this.#options;
    const runs = await this.#found();
    for (const directory of await finishedRuns(reproduction, scale, runs)) {
      this.#signal.throwIfAborted();
      if (storedLook(look, directory, this.#looks) !== null) continue;
      try {
        await lookAt(look, directory, this.#looks, { progress: this.#progress, signal: this.#signal, startWorker });
      } catch (error) {
        this.#signal.throwIfAborted();
        this.#failures.set(directory, messageOf(error));
        this.#progress.say(`${directory} could not be looked at: ${messageOf(error)}`);
      }
    }
  }
}

function standsOn(reproduction: Reproduction, scale: Scale, { loaded }: StudyPlan): boolean {
  return runCells(reproduction, scale).some(({ source }) => source.study.name === loaded.study.name);
}

async function finishedRuns(
  reproduction: Parameters<typeof runCells>[0],
  scale: Scale,
  runs: FoundRuns,
): Promise<string[]> {
  const found = new Set<string>();
  for (const { source } of runCells(reproduction, scale)) {
    const { trials } = await loadStudy(source.study);
    for (const trial of trials) {
      if (!source.methods.includes(trial.method)) continue;
      const run = runs.find(source.study, trial);
      if (run.state === "finished") found.add(run.directory);
    }
  }
  return [...found];
}
