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

/** What can be spent on training, and stands on a curve's axis. */
export interface Spent {
  /** Environment steps taken. */
  envSteps: number;
  /** Of online training alone: neither the offline stage nor evaluations, which methods may share or do without. */
  seconds: number;
}

/** A metric at one iteration, over one run or the mean over several. */
export interface CurvePoint extends Spent {
  iteration: number;
  value: number;
  /** 95 %; null for one run, whose iterations carry no interval of their own. */
  interval: Interval | null;
}

/** Enough for a band; the tables take more. */
const BAND_RESAMPLES = 1000;

const NOT_TRAINING = new Set(["setup", "sft", "scm", "evaluate"]);

/** What a run had spent at the end of each of its iterations. */
export function spentBy({ iterations }: RecordedRun): Spent[] {
  let seconds = 0;
  return iterations.map((iteration) => {
    for (const [phase, spent] of Object.entries(iteration.seconds)) seconds += NOT_TRAINING.has(phase) ? 0 : spent;
    return { envSteps: iteration.envSteps, seconds };
  });
}

/** A metric of one run. */
export function curveOf(run: RecordedRun, metric: string): CurvePoint[] {
  const spent = spentBy(run);
  return run.iterations.flatMap(({ iteration, envSteps, metrics }, index) => {
    const value = metrics[metric] ?? null;
    return value === null ? [] : [{ iteration, envSteps, seconds: spent[index]?.seconds ?? 0, value, interval: null }];
  });
}

/**
 * A metric over the iterations that all `runs` reached: later ones would average over the survivors alone. Iterations
 * where no run has the metric are left out. With several runs the interval is that of the mean over runs.
 */
export function meanCurve(runs: readonly RecordedRun[], metric: string, random: RandomStream): CurvePoint[] {
  const reached = Math.min(...runs.map(({ iterations }) => iterations.at(-1)?.iteration ?? -1));
  const byIteration = new Map<number, CurvePoint[]>();
  for (const point of runs.flatMap((run) => curveOf(run, metric))) {
    if (point.iteration > reached) continue;
    byIteration.set(point.iteration, [...(byIteration.get(point.iteration) ?? []), point]);
  }
  return [...byIteration]
    .sort(([a], [b]) => a - b)
    .map(([iteration, samples]) => {
      const values = samples.map(({ value }) => value);
      return {
        iteration,
        envSteps: mean(samples.map(({ envSteps }) => envSteps)),
        seconds: mean(samples.map(({ seconds }) => seconds)),
        value: mean(values),
        interval: runs.length > 1 ? bootstrapInterval(values, random, mean, BAND_RESAMPLES) : null,
      };
    });
}

/** The evaluations of one run while it trained, each with the Wilson interval of its episodes. */
export function evaluations(run: RecordedRun): CurvePoint[] {
  const episodesOf = new Map(
    run.iterations.map(({ iteration, metrics }) => [iteration, metrics[METRICS.evaluationEpisodes] ?? null]),
  );
  return curveOf(run, METRICS.evaluationSuccess).map((point) => {
    const episodes = episodesOf.get(point.iteration) ?? null;
    const interval = episodes === null ? null : wilsonInterval(Math.round(point.value * episodes), episodes);
    return { ...point, interval };
  });
}
