import type { RecordedRun } from "../../ts/report/read-run.ts";
import type { Iteration, Summary } from "../../ts/report/run-schema.ts";
import { wilsonInterval } from "../../ts/report/statistics.ts";

export interface RunOf {
  seed: number;
  /** Of the reported policy; a run without has not finished. */
  success?: number;
  method?: string;
  environment?: { id: string; settings?: Record<string, unknown> };
  settings?: Record<string, unknown>;
  conditions?: Record<string, string>;
  device?: string;
  iterations?: Iteration[];
}

/** A run as a report reads it, of which nothing but what a test is about has any weight. */
export function recordedRun({
  seed,
  success,
  method = "CoSo",
  environment = { id: "numberline" },
  settings = {},
  conditions,
  device,
  iterations = [],
}: RunOf): RecordedRun {
  const experiment = { name: "n", seed, environment, ...settings };
  const finished = success === undefined ? undefined : summaryOf(seed, success, iterations);
  const sampled = finished?.stages[0]?.sampled;
  if (sampled !== undefined && conditions !== undefined) sampled.conditions = conditions;
  if (finished !== undefined && device !== undefined) finished.device = device;
  return {
    directory: `run-${seed}`,
    config: { experiment, method, revision: null, versions: {} },
    iterations,
    explanations: [],
    episodes: [],
    images: new Map(),
    outcome:
      finished === undefined ? { kind: "unfinished", reason: "a test" } : { kind: "finished", summary: finished },
  };
}

function summaryOf(seed: number, successRate: number, iterations: readonly Iteration[]): Summary {
  const [successes, episodes] = [Math.round(successRate * 100), 100];
  const interval = wilsonInterval(successes, episodes);
  const sampled = { successes, episodes, rate: successRate, interval, validJson: 1, invalid: 0, meanReturn: 0 };
  return {
    name: "n",
    seed,
    successRate,
    successInterval: interval,
    episodes,
    envSteps: iterations.at(-1)?.envSteps ?? 0,
    seconds: {},
    stages: [{ stage: "after CoSo", sampled, greedy: null }],
    chosenIteration: null,
    causalWeights: null,
    peakMemoryBytes: null,
  };
}
