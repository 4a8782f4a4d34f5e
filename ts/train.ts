import type { Experiment } from "./config/schema.ts";
import { begin } from "./training/begin.ts";
import { conclude } from "./training/conclude.ts";
import { endIteration } from "./training/end-iteration.ts";
import { guardLogProbGap } from "./training/guards.ts";
import { closeLoop } from "./training/loop.ts";
import { type TrainOptions, withTraining } from "./training/open.ts";
import { fitScm, gather, rollOut, updatePolicy, weigh } from "./training/phases.ts";
import { shouldStop } from "./training/selection.ts";
import type { Summary } from "./training/summary.ts";

export type { StartWorker, TrainOptions } from "./training/open.ts";
export type { Summary } from "./training/summary.ts";

/**
 * Fine-tunes an agent as an experiment says (paper, section 4.4 and Algorithm 1), and returns what came out.
 * θ is the policy with its value head, φ the SCM; k counts from 0, and K is `experiment.iterations`.
 *
 * @throws ConfigError, RunFolderError, WorkerError or GuardError, each with its mend; the reason of `options.signal`
 * when that stopped the run, which then can be resumed.
 */
export function train(experiment: Experiment, options: TrainOptions): Promise<Summary> {
  return withTraining(experiment, options, async (training) => {
    const loop = await begin(training, options.offlineFrom);
    training.progress.begin(`iterations of ${experiment.name}`, experiment.iterations, loop.iteration);
    try {
      for (let k = loop.iteration; k < experiment.iterations && !shouldStop(experiment, loop.selection); k++) {
        // Rollout phase: lines 3–11, where line 10 gathers U.
        const experience = await rollOut(training, loop, k);
        const batch = await gather(loop, experience, k);
        // Counterfactual reasoning phase, with the φ of the last iteration: lines 13–14.
        const weighed = await weigh(training, loop, batch);
        // Model updates phase: φ in line 17, θ in lines 15 and 18.
        const scmMetrics = await fitScm(training, experience);
        const policyMetrics = await updatePolicy(training, { experience, batch }, k, loop.adaptedCoefficient);

        guardLogProbGap(training, policyMetrics);
        await endIteration(training, loop, { experience, weighed, scmMetrics, policyMetrics });
      }
    } finally {
      await closeLoop(loop);
    }
    return conclude(training, loop);
  });
}
