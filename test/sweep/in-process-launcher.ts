import { expect } from "chai";
import { messageOf } from "../../ts/errors.ts";
import type { Ending, Launcher, TrialJob } from "../../ts/sweep/launcher.ts";
import { train } from "../../ts/train.ts";
import { numberLineWorker, starting } from "../numberline-worker.ts";

/** Runs trials in this process, with a worker that has no model. */
export class InProcessLauncher implements Launcher {
  readonly slots = 2;
  readonly sharesFolders = true;
  readonly jobs: TrialJob[] = [];
  readonly #failing: (job: TrialJob) => string | undefined;
  /** Trials at a time, at most. */
  most = 0;
  #running = new Set<number>();

  constructor(failing: (job: TrialJob) => string | undefined = () => undefined) {
    this.#failing = failing;
  }

  async run(job: TrialJob, slot: number, signal: AbortSignal, runs: () => void): Promise<Ending> {
    runs();
    expect(this.#running.has(slot), "two trials in one slot").to.equal(false);
    this.#running.add(slot);
    this.most = Math.max(this.most, this.#running.size);
    this.jobs.push(job);
    try {
      const reason = this.#failing(job);
      if (reason !== undefined) return { kind: "failed", reason };
      const { directory, offlineFrom } = job;
      await train(job.trial.experiment, {
        directory,
        resume: true,
        startWorker: starting(numberLineWorker()),
        signal,
        ...(offlineFrom !== undefined && { offlineFrom }),
      });
      return { kind: "finished" };
    } catch (error) {
      return signal.aborted ? { kind: "stopped" } : { kind: "failed", reason: messageOf(error) };
    } finally {
      this.#running.delete(slot);
    }
  }
}

/** What the rows of two equal sweeps have in common. */
export function timelessRow({
  seconds: _,
  peakMemoryBytes: _bytes,
  ...row
}: object & { seconds: unknown; peakMemoryBytes: unknown }): object {
  return row;
}
