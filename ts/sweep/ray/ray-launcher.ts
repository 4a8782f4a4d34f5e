import { createHash } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "../../errors.ts";
import { holder } from "../../runs/lock.ts";
import { type Ending, type Launcher, namedError, type TrialJob } from "../launcher.ts";
import { archiveName, archivingEntrypoint, sharedEntrypoint } from "./entrypoint.ts";
import { endingOf, type JobEnding } from "./job-ending.ts";
import { MOST_PACKAGE_BYTES, type RayJobs } from "./jobs.ts";
import type { RayResources } from "./resources.ts";
import { packRun, unpackRun } from "./run-archive.ts";

export interface RayLauncherOptions {
  readonly jobs: RayJobs;
  /** Tells this sweep's jobs from all others of the cluster. */
  readonly identity: string;
  /** Jobs that are submitted at a time; the cluster runs as many of them as it has room for. */
  readonly slots: number;
  /** Of each trial. */
  readonly resources: RayResources;
  /** Whether the sweep's folder lies where all nodes see it, by the same path. */
  readonly sharesFolders: boolean;
  /** The folder that a trial's command starts in, here and on the nodes. */
  readonly workingDirectory: string;
  /** Folder of the trials' logs. */
  readonly logs: string;
  say(line: string): void;
  /** How often jobs are looked at. */
  readonly lookMs?: number;
  /** How long what ran on a lost node has to be gone. */
  readonly graceMs?: number;
}

const LOOK_MS = 2_000;
/** Ray's watchers kill the processes of a node whose Ray is gone within a second or two. */
const GRACE_MS = 5_000;
/** A trial is told to stop, and saves its iteration; only then its node takes the processes away. */
const STOP_SECONDS = 600;
const MOST_LOSSES = 3;
const MOST_TRANSFERS = 3;

/**
 * Trials as jobs of a Ray cluster. A job goes on when this process is gone, and is followed again by the next sweep of the
 * same folder. One that was lost with its node is submitted again.
 */
export class RayLauncher implements Launcher {
  readonly slots: number;
  readonly sharesFolders: boolean;
  readonly #options: RayLauncherOptions;
  readonly #lookMs: number;

  constructor(options: RayLauncherOptions) {
    this.slots = options.slots;
    this.sharesFolders = options.sharesFolders;
    this.#options = options;
    this.#lookMs = options.lookMs ?? LOOK_MS;
    mkdirSync(options.logs, { recursive: true });
  }

  async run(job: TrialJob, _slot: number, signal: AbortSignal, runs: () => void): Promise<Ending> {
    try {
      return await this.#untilItEnds(job, signal, runs);
    } catch (error) {
      return { kind: "failed", reason: messageOf(error) };
    }
  }

  /** A job after another, until one ends by itself. */
  async #untilItEnds(job: TrialJob, signal: AbortSignal, runs: () => void): Promise<Ending> {
    const { jobs, say, graceMs = GRACE_MS } = this.#options;
    const { name } = job.trial;
    let losses = 0;
    for (let attempt = 0; !signal.aborted; attempt++) {
      const id = this.#idOf(job, attempt);
      const known = await jobs.find(id);
      const before = known === undefined ? undefined : endingOf(known);
      // What ended so under an earlier sweep was reported then.
      if (before !== undefined && before.kind !== "succeeded") continue;
      if (known === undefined) {
        if (attempt > 0 && this.sharesFolders) await releaseLost(job.directory, losses > 0 ? graceMs : 0);
        await this.#submit(id, job);
      } else {
        say(`${name}: the cluster has it as ${id}, ${known.status.toLowerCase()}`);
      }
      const { ending, node } = await this.#follow(id, signal, runs);
      const log = await this.#bringLog(id, job);
      const isBack = await this.#bringFolder(id, job, ending, node);
      switch (ending.kind) {
        case "succeeded":
          if (isBack) return { kind: "finished" };
          losses += 1;
          say(`${name} has finished, but its run folder is gone`);
          break;
        case "stopped":
          // A stop that an earlier sweep asked for, of a job that waited for room, is none of this one.
          if (known !== undefined && !signal.aborted) break;
          return { kind: "stopped" };
        case "failed":
          return { kind: "failed", reason: namedError(log.split("\n")) ?? `its job ${id}: ${ending.what}` };
        case "unplaced":
          say(`${name}: the cluster had no room for it so far; ray status tells what it has`);
          break;
        case "lost":
          losses += 1;
          if (losses === MOST_LOSSES)
            return { kind: "failed", reason: `lost ${losses} times; at last: ${ending.what}` };
          say(`${name} was lost, and is submitted again: ${ending.what}`);
      }
      if (losses === MOST_LOSSES) return { kind: "failed", reason: `its run folder was lost ${losses} times` };
    }
    return { kind: "stopped" };
  }

  async #submit(id: string, job: TrialJob): Promise<void> {
    const { jobs, resources, sharesFolders, workingDirectory } = this.#options;
    const sent = sharesFolders ? undefined : await this.#send(job);
    await jobs.submit({
      id,
      entrypoint: sharesFolders
        ? sharedEntrypoint(job, workingDirectory)
        : archivingEntrypoint(id, job, workingDirectory, sent !== undefined),
      // All processes of a job get the signal, and SIGTERM would end the worker in the middle of what is to be saved.
      env: { RAY_JOB_STOP_SIGNAL: "SIGINT", RAY_JOB_STOP_WAIT_TIME_S: String(STOP_SECONDS) },
      resources,
      metadata: { sweep: job.trial.experiment.name, trial: job.trial.name },
      package: sent,
    });
  }

  /** What an earlier job has left here, for the next to go on from: its package's name, undefined where there is none. */
  async #send({ trial, directory }: TrialJob): Promise<string | undefined> {
    const { jobs, say } = this.#options;
    const packed = await packRun(directory, MOST_PACKAGE_BYTES);
    if (packed.kind === "large") {
      const limit = Math.round(MOST_PACKAGE_BYTES / 2 ** 20);
      say(`${trial.name} begins anew: Ray takes no more than ${limit} MiB, and its run folder is larger; see --shared`);
    }
    if (packed.kind !== "packed") return undefined;
    await jobs.send(packed.name, packed.zip);
    return packed.name;
  }

  /** Until it has ended; asks it to stop when `signal` does. */
  async #follow(
    id: string,
    signal: AbortSignal,
    runs: () => void,
  ): Promise<{ ending: JobEnding; node: string | null }> {
    const { jobs } = this.#options;
    let isStopping = false;
    let isRunning = false;
    while (true) {
      const job = await jobs.find(id);
      if (job === undefined) return { ending: { kind: "lost", what: "the cluster knows it no more" }, node: null };
      const ending = endingOf(job);
      if (ending !== undefined) return { ending, node: job.driver_node_id ?? null };
      if (job.status === "RUNNING" && !isRunning) {
        isRunning = true;
        runs();
      }
      if (signal.aborted && !isStopping) {
        isStopping = true;
        await jobs.stop(id);
        // It has nothing to save, and hears of the stop only when it has room.
        if (job.status === "PENDING") return { ending: { kind: "stopped" }, node: null };
      }
      // A signal that has fired lets no sleep sleep.
      if (signal.aborted) await sleep(this.#lookMs / 4);
      else await sleep(this.#lookMs, undefined, { signal }).catch(() => undefined);
    }
  }

  async #bringLog(id: string, { trial }: TrialJob): Promise<string> {
    const { jobs, logs } = this.#options;
    const log = await jobs.logs(id).catch((error: unknown) => `no log of job ${id}: ${messageOf(error)}\n`);
    appendFileSync(join(logs, `${trial.name}.log`), log);
    return log;
  }

  /** The run folder, where the nodes share none; whether it is here. */
  async #bringFolder(id: string, { directory }: TrialJob, ending: JobEnding, node: string | null): Promise<boolean> {
    if (this.sharesFolders) return existsSync(directory);
    if (node === null || ending.kind === "lost") return false;
    for (let transfer = 1; ; transfer++) {
      const archive = await this.#options.jobs.file(node, archiveName(id));
      if (archive === undefined) return false;
      try {
        await unpackRun(archive, directory);
        return true;
      } catch (error) {
        if (transfer === MOST_TRANSFERS) throw error;
      }
    }
  }

  /** The same for the same trial of the same sweep, so that a sweep finds its jobs again. */
  #idOf({ trial }: TrialJob, attempt: number): string {
    const which = JSON.stringify([this.#options.identity, trial.name, trial.experiment]);
    return `coso-${trial.experiment.name}-${createHash("sha256").update(which).digest("hex").slice(0, 12)}-${attempt}`;
  }
}

/**
 * Frees a folder for the next job of a trial whose last was cut off. None of its jobs runs any more; a process of
 * this machine may, which is then named by the next.
 */
async function releaseLost(directory: string, graceMs: number): Promise<void> {
  const lock = join(directory, "run.lock");
  await sleep(graceMs);
  if (holder(lock)?.host !== hostname()) rmSync(lock, { force: true });
}
