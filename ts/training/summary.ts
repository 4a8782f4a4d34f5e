import { RunFolderError } from "../errors.ts";
import { summarySchema } from "../report/run-schema.ts";
import { type RunFolder, readJson } from "../runs/run-folder.ts";
import type { Loop } from "./loop.ts";
import type { Stage } from "./stages.ts";
import type { ParameterCounts, Training } from "./training.ts";
import { type WeightDistribution, weightDistribution } from "./weight-histogram.ts";

/** What `summary.json` holds, and `coso train --json` prints. */
export interface Summary {
  name: string;
  seed: number;
  /** Of the last stage, sampled. */
  successRate: number;
  /** 95 % Wilson interval. */
  successInterval: readonly [low: number, high: number];
  episodes: number;
  envSteps: number;
  /** By phase, and `total`. */
  seconds: Record<string, number>;
  stages: Stage[];
  /** The number of iterations that the reported policy was trained for. */
  chosenIteration: number;
  /** Of all tokens that the run weighed; null for methods without causal weights. */
  causalWeights: WeightDistribution | null;
  parameters: ParameterCounts;
  /** What the worker computed on, such as `cpu` or `cuda`. */
  device: string;
  /** Of the worker and this process together, on the host. */
  peakMemoryBytes: number;
  /**
   * Of the worker while each of its methods ran, since the process began that ended the run: on its accelerator if it
   * has one, else resident.
   */
  peakMemoryByMethod: Record<string, number>;
  /** Path of the HTML report; null where none was made. */
  report: string | null;
}

const phases = [
  "setup",
  "sft",
  "scm",
  "rollout",
  "weigh",
  "fitScm",
  "recordTokens",
  "updatePolicy",
  "evaluate",
] as const;

export async function summarise(
  training: Training,
  loop: Loop,
  stages: Stage[],
  chosenIteration: number,
): Promise<Summary> {
  const { experiment, worker, clock, parameters, device } = training;
  const last = stages.at(-1);
  if (last === undefined) throw new RangeError("a run has at least its last stage");
  const { peakMemoryBytes, peakMemoryByMethod } = await worker.call("stats", {});
  return {
    name: experiment.name,
    seed: experiment.seed,
    successRate: last.sampled.rate,
    successInterval: last.sampled.interval,
    episodes: last.sampled.episodes,
    envSteps: loop.envSteps,
    seconds: { ...Object.fromEntries(phases.map((phase) => [phase, 0])), ...clock.totals() },
    stages,
    chosenIteration,
    causalWeights: weightDistribution(loop.histogram),
    parameters,
    device,
    peakMemoryBytes: peakMemoryBytes + process.resourceUsage().maxRSS * 1024,
    peakMemoryByMethod,
    report: null,
  };
}

/** @throws RunFolderError when the run has not finished or its summary is damaged. */
export function readSummary(run: RunFolder): Summary {
  if (!run.isFinished())
    throw new RunFolderError(`${run.directory}: no summary.json, so the run has not finished; go on with --resume`);
  const summary = readJson(run.path("summary.json"));
  const result = summarySchema.safeParse(summary);
  if (!result.success) throw new RunFolderError(`${run.path("summary.json")}: damaged: ${result.error.message}`);
  return summary as Summary;
}
