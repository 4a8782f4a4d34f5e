import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { messageOf } from "../../errors.ts";
import { type Ending, type Launcher, namedError, type TrialJob } from "../launcher.ts";
import { archiveName, archivingEntrypoint, sharedEntrypoint } from "./entrypoint.ts";
import type { RayJob, RayJobs, RayResources } from "./jobs.ts";

export interface RayLauncherOptions {
  readonly jobs: RayJobs;
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
}

const LOOK_MS = 2_000;
/** A trial is told to stop, and saves its iteration; only then its node takes the processes away. */
const STOP_SECONDS = 600;
const MOST_LOSSES = 3;

/**
 * Trials as jobs of a Ray cluster. A job goes on when this process is gone, and is followed again by the next sweep of the
 * same folder. One that was lost with its node is submitted again.
 */
export class RayLauncher implements Launcher {
  readonly slots: number;
  readonly sharesFolders: boolean;
  readonly #options: RayLauncherOptions;

  constructor(options: RayLauncherOptions) {
    this.slots = options.slots;
    this.sharesFolders = options.sharesFolders;
    this.#options = options;
    mkdirSync(options.logs, { recursive: true });
  }

  async run(job: TrialJob, _slot: number, signal: AbortSignal): Promise<Ending> {
    const { jobs, say } = this.#options;
    try {
      for (let attempt = 0, losses = 0; ; attempt++) {
        if (signal.aborted) return { kind: "stopped" };
        const id = submissionId(job, attempt);
        const known = await jobs.find(id);
        // What ended under an earlier sweep was reported then.
        if (known?.status === "FAILED" || known?.status === "STOPPED") continue;
        if (known === undefined) await this.#submit(id, job);
        else say(`${job.trial.name}: the cluster has it as ${id}, ${known.status.toLowerCase()}`);
        const ended = await this.#follow(id, signal);
        const isBack = await this.#bringBack(id, job, ended);
        if (ended.status === "SUCCEEDED" && isBack) return { kind: "finished" };
        if (ended.status === "STOPPED") return { kind: "stopped" };
        if (ended.status === "FAILED" && typeof ended.driver_exit_code === "number") return this.#failed(id, ended);
        losses += 1;
        const what = ended.message ?? "its node is gone";
        if (losses === MOST_LOSSES) return { kind: "failed", reason: `lost ${losses} times; at last: ${what}` };
        say(`${job.trial.name} was lost, and is submitted again: ${what}`);
        // Whoever held the folder is gone.
        if (this.sharesFolders) rmSync(join(job.directory, "run.lock"), { force: true });
      }
    } catch (error) {
      return { kind: "failed", reason: messageOf(error) };
    }
  }

  async #submit(id: string, job: TrialJob): Promise<void> {
    const { jobs, resources, sharesFolders, workingDirectory } = this.#options;
    await jobs.submit({
      id,
      entrypoint: sharesFolders
        ? sharedEntrypoint(job, workingDirectory)
        : archivingEntrypoint(id, job, workingDirectory),
      env: { RAY_JOB_STOP_WAIT_TIME_S: String(STOP_SECONDS) },
      resources,
      metadata: { sweep: job.trial.experiment.name, trial: job.trial.name },
    });
  }

  /** Until it has ended; asks it to stop when `signal` does. */
  async #follow(id: string, signal: AbortSignal): Promise<RayJob> {
    const { jobs } = this.#options;
    let isStopping = false;
    while (true) {
      const job = await jobs.find(id);
      if (job === undefined) return { status: "FAILED", message: "the cluster knows it no more" };
      if (job.status !== "PENDING" && job.status !== "RUNNING") return job;
      if (signal.aborted && !isStopping) {
        isStopping = true;
        await jobs.stop(id);
      }
      await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined);
      // A signal that has fired lets no sleep sleep.
      if (signal.aborted) await sleep(LOOK_MS / 4);
    }
  }

  /** The job's log, and its run folder where the nodes share none; whether that is here. */
  async #bringBack(id: string, job: TrialJob, { status, driver_node_id: node }: RayJob): Promise<boolean> {
    const { jobs, logs, sharesFolders } = this.#options;
    const said = await jobs.logs(id).catch((error: unknown) => `no log: ${messageOf(error)}`);
    writeFileSync(join(logs, `${job.trial.name}.log`), said);
    if (sharesFolders) return existsSync(job.directory);
    // Of a job that was told to stop the trial may still be saving.
    const deadline = performance.now() + (status === "STOPPED" ? STOP_SECONDS * 1000 : 0);
    while (typeof node === "string") {
      const archive = await jobs.file(node, archiveName(id));
      if (archive !== undefined) {
        await unpack(archive, job.directory);
        return true;
      }
      if (performance.now() >= deadline) return false;
      await sleep(LOOK_MS);
    }
    return false;
  }

  async #failed(id: string, { driver_exit_code: code }: RayJob): Promise<Ending> {
    const lines = (await this.#options.jobs.logs(id)).split("\n");
    return { kind: "failed", reason: namedError(lines) ?? `its job ${id} exited with code ${code}` };
  }
}

/** The same for the same trial of the same folder, so that a sweep finds its jobs again. */
function submissionId({ trial, directory }: TrialJob, attempt: number): string {
  const digest = createHash("sha256").update(`${hostname()}:${directory}`).digest("hex").slice(0, 12);
  return `coso-${trial.experiment.name}-${digest}-${attempt}`;
}

/** Puts the archive's `run` in place of `directory`. */
async function unpack(archive: Readable, directory: string): Promise<void> {
  const beside = mkdtempSync(`${directory}.part-`);
  try {
    await execa("tar", ["-xzf", "-", "-C", beside], { input: archive });
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(dirname(directory), { recursive: true });
    renameSync(join(beside, "run"), directory);
  } finally {
    rmSync(beside, { recursive: true, force: true });
  }
}
