import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Experiment, methodName } from "../config.ts";
import { silentProgress } from "../progress.ts";
import { median } from "../report/statistics.ts";
import { RunFolder } from "../runs/run-folder.ts";
import { closeLoop, startLoop } from "../training/loop.ts";
import { withAgent } from "../training/open.ts";
import { fitScm, gather, rollOut, updatePolicy, weigh } from "../training/phases.ts";

/** What iterations of one method take; medians over those behind the first, which warms up. */
export interface IterationCost {
  readonly method: string;
  /** Seconds of one iteration, whatever overlaps in it. */
  readonly whole: number;
  /** Of them those that its phases were waited for. */
  readonly rollout: number;
  readonly update: number;
  /** H^B: causal weights and the SCM's update; 0 where the method has neither. */
  readonly causal: number;
  /** Sampled in one rollout. */
  readonly tokens: number;
  /** Bytes by method of the worker: on its accelerator if it has one, else resident. */
  readonly peakMemory: Readonly<Record<string, number>>;
}

/** Runs `iterations` of Algorithm 1 and nothing else: no SFT, no evaluation, nothing saved. */
export async function costOfIterations(experiment: Experiment, iterations: number): Promise<IterationCost> {
  const directory = mkdtempSync(join(tmpdir(), "coso-bench-"));
  try {
    const run = new RunFolder(directory);
    run.prepare();
    run.writeConfig({ method: methodName(experiment), experiment, revision: null, versions: {} });
    return await withAgent(run, experiment, { isContinued: false, progress: silentProgress }, async (training) => {
      const loop = await startLoop(training, []);
      const seconds: Record<string, number>[] = [];
      const whole: number[] = [];
      const tokens: number[] = [];
      training.clock.lap();
      for (let k = 0; k < iterations; k += 1) {
        const started = performance.now();
        const experience = await rollOut(training, loop, k);
        const batch = await gather(loop, experience, k);
        await weigh(training, loop, batch);
        await fitScm(training, experience);
        await updatePolicy(training, { experience, batch }, k, null);
        whole.push((performance.now() - started) / 1000);
        seconds.push(training.clock.lap());
        const steps = experience.trajectories.flatMap((trajectory) => trajectory.steps);
        tokens.push(steps.reduce((sum, { tokenCount }) => sum + tokenCount, 0));
      }
      await closeLoop(loop);
      const { peakMemoryByMethod } = await training.worker.call("stats", {});
      const perIteration = (...phases: string[]): number =>
        median(seconds.slice(1).map((lap) => phases.reduce((sum, phase) => sum + (lap[phase] ?? 0), 0)));
      return {
        method: methodName(experiment),
        whole: median(whole.slice(1)),
        rollout: perIteration("rollout"),
        update: perIteration("readAgain", "updatePolicy"),
        causal: perIteration("weigh", "fitScm"),
        tokens: median(tokens.slice(1)),
        peakMemory: peakMemoryByMethod,
      };
    });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
