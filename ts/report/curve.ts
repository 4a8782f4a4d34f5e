import type { RandomStream } from "../random.ts";
import type { RecordedRun } from "./read-run.ts";
import { bootstrapInterval, type Interval, mean, wilsonInterval } from "./statistics.ts";

/** The metrics of `metrics.jsonl` that a report draws. */
export const METRICS = {
  success: "rollout/success",
  validJson: "rollout/valid_json",
  evaluationSuccess: "evaluation/success",
  evaluationEpisodes: "evaluation/episodes",
  evaluationValidJson: "evaluation/valid_json",
} as const;

/** A metric at one iteration, over one run or the mean over several. */
export interface CurvePoint {
  iteration: number;
  envSteps: number;
  value: number;
  /** 95 %; null for one run, whose iterations carry no interval of their own. */
  interval: Interval | null;
}

/** Enough for a band; the tables take more. */
const BAND_RESAMPLES = 1000;

/** A metric of one run. */
export function curveOf({ iterations }: RecordedRun, metric: string): CurvePoint[] {
  return iterations.flatMap(({ iteration, envSteps, metrics }) => {
    const value = metrics[metric] ?? null;
    return value === null ? [] : [{ iteration, envSteps, value, interval: null }];
  });
}

/**
 * A metric over the iterations that all `runs` reached: later ones would average over the survivors alone. Iterations
 * where no run has the metric are left out. With several runs the interval is that of the mean over runs.
 */
export function meanCurve(runs: readonly RecordedRun[], metric: string, random: RandomStream): CurvePoint[] {
  const reached = Math.min(...runs.map(({ iterations }) => iterations.at(-1)?.iteration ?? -1));
  const byIteration = new Map<number, { envSteps: number; value: number }[]>();
  for (const { iterations } of runs) {
    for (const { iteration, envSteps, metrics } of iterations) {
      const value = metrics[metric] ?? null;
      if (iteration > reached || value === null) continue;
      byIteration.set(iteration, [...(byIteration.get(iteration) ?? []), { envSteps, value }]);
    }
  }
  return [...byIteration]
    .sort(([a], [b]) => a - b)
    .map(([iteration, samples]) => {
      const values = samples.map(({ value }) => value);
      return {
        iteration,
        envSteps: mean(samples.map(({ envSteps }) => envSteps)),
        value: mean(values),
        interval: runs.length > 1 ? bootstrapInterval(values, random, mean, BAND_RESAMPLES) : null,
      };
    });
}

/** The evaluations of one run while it trained, each with the Wilson interval of its episodes. */
export function evaluations({ iterations }: RecordedRun): CurvePoint[] {
  return iterations.flatMap(({ iteration, envSteps, metrics }) => {
    const value = metrics[METRICS.evaluationSuccess] ?? null;
    const episodes = metrics[METRICS.evaluationEpisodes] ?? null;
    if (value === null) return [];
    const interval = episodes === null ? null : wilsonInterval(Math.round(value * episodes), episodes);
    return [{ iteration, envSteps, value, interval }];
  });
}
