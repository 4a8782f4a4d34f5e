import type { Iteration, RunConfig, Summary } from "../../report/run-schema.ts";
import { wilsonInterval } from "../../report/statistics.ts";
import { phaseSeconds } from "../../report/tables.ts";
import type { Curves, RunCard, RunDetail, RunEntry, StageRow, Success } from "../api.ts";
import type { FileContent } from "../reading/json-file.ts";
import { runState, secondsLeft } from "../reading/run-state.ts";
import type { ViewedRun } from "../reading/viewed-run.ts";
import { Missing } from "./missing.ts";

const SUCCESS = "rollout/success";
const GONE = "config.json is gone";
const EVALUATED = { success: "evaluation/success", episodes: "evaluation/episodes" };

export async function runEntry(run: ViewedRun): Promise<RunEntry> {
  const config = await run.config();
  switch (config.kind) {
    case "absent":
      return { kind: "damaged", id: run.id, reason: GONE };
    case "damaged":
      return { kind: "damaged", id: run.id, reason: config.reason };
    case "read":
      return runCard(run, config.value);
  }
}

async function runCard(run: ViewedRun, { experiment, method }: RunConfig): Promise<RunCard> {
  await run.metrics.refresh();
  const { iterations } = run.metrics;
  const summary = await run.summary();
  const updated = run.updated();
  const wanted = typeof experiment.iterations === "number" ? experiment.iterations : null;
  const state = runState({
    isFinished: summary.kind !== "absent",
    isHeld: run.isHeld(),
    silentMs: Date.now() - updated,
    iterations,
  });
  return {
    kind: "run",
    id: run.id,
    name: experiment.name,
    method,
    environment: experiment.environment.id,
    seed: experiment.seed,
    state,
    iteration: iterations.at(-1)?.iteration ?? 0,
    iterations: wanted,
    envSteps: iterations.at(-1)?.envSteps ?? 0,
    secondsLeft: state === "running" ? secondsLeft(iterations, wanted) : null,
    success: summary.kind === "read" ? reportedSuccess(summary.value) : latestSuccess(iterations),
    curve: iterations.flatMap(({ metrics }) => metrics[SUCCESS] ?? []),
    updated,
  };
}

function reportedSuccess({ successRate, successInterval, episodes, stages }: Summary): Success {
  const what = `${stages.at(-1)?.stage ?? "final"}, sampled`;
  return { rate: successRate, interval: successInterval, episodes, what };
}

/** Of the newest evaluation, else of the newest iteration in which episodes ended. */
function latestSuccess(iterations: readonly Iteration[]): Success | null {
  for (const { iteration, metrics } of [...iterations].reverse()) {
    const rate = metrics[EVALUATED.success] ?? null;
    if (rate === null) continue;
    const episodes = metrics[EVALUATED.episodes] ?? null;
    const interval = episodes === null ? null : wilsonInterval(Math.round(rate * episodes), episodes);
    return { rate, interval, episodes, what: `evaluated after iteration ${iteration}` };
  }
  const last = iterations.findLast(({ metrics }) => typeof metrics[SUCCESS] === "number");
  const rate = last?.metrics[SUCCESS] ?? null;
  if (last === undefined || rate === null) return null;
  return {
    rate,
    interval: null,
    episodes: last.metrics["rollout/episodes"] ?? null,
    what: `in training, iteration ${last.iteration}`,
  };
}

/** @throws Missing for a run whose configuration cannot be read, with the reason. */
export async function runDetail(run: ViewedRun): Promise<RunDetail> {
  const config = await run.config();
  if (config.kind !== "read") throw new Missing(`cannot be shown: ${config.kind === "absent" ? GONE : config.reason}`);
  const card = await runCard(run, config.value);
  await run.refreshEpisodes();
  const [summary, explanations] = await Promise.all([run.summary(), run.explanations()]);
  return {
    card,
    stages: summary.kind === "read" ? stageRows(summary.value) : [],
    metricNames: run.metrics.names,
    episodes: run.episodes.all.length,
    recordedSteps: run.tokens.size,
    explanations: explanations.kind === "read" ? explanations.value.length : 0,
    pages: run.pages(),
    seconds: phaseSeconds({ seconds: secondsOf(run.metrics.iterations, summary) }).filter(
      ({ phase }) => phase !== "other",
    ),
    settings: config.value.experiment,
    revision: config.value.revision,
    problems: [...run.problems(), ...[summary, explanations].flatMap(damageOf)],
  };
}

function stageRows({ stages }: Summary): StageRow[] {
  return stages.flatMap(({ stage, sampled, greedy }) =>
    (["sampled", "greedy"] as const).flatMap((decoding) => {
      const evaluation = decoding === "sampled" ? sampled : greedy;
      if (evaluation === null) return [];
      const { successes, episodes, rate, interval, validJson, meanReturn } = evaluation;
      return [{ stage, decoding, successes, episodes, rate, interval, validJson, meanReturn }];
    }),
  );
}

/** What has no iterations, such as SFT alone or a prompted model, tells its seconds in its summary. */
function secondsOf(iterations: readonly Iteration[], summary: FileContent<Summary>): Record<string, number> {
  return iterations.length === 0 && summary.kind === "read" ? summary.value.seconds : totalSeconds(iterations);
}

function totalSeconds(iterations: readonly Iteration[]): Record<string, number> {
  const totals: Record<string, number> = {};
  for (const { seconds } of iterations)
    for (const [phase, spent] of Object.entries(seconds)) totals[phase] = (totals[phase] ?? 0) + spent;
  return totals;
}

export function damageOf(content: FileContent<unknown>): string[] {
  return content.kind === "damaged" ? [content.reason] : [];
}

/** Columns of the metrics asked for; a metric that a run does not have is a column of nulls. */
export async function curvesOf(run: ViewedRun, names: readonly string[]): Promise<Curves> {
  await run.metrics.refresh();
  const { iterations } = run.metrics;
  return {
    iteration: iterations.map(({ iteration }) => iteration),
    envSteps: iterations.map(({ envSteps }) => envSteps),
    metrics: Object.fromEntries(names.map((name) => [name, iterations.map(({ metrics }) => metrics[name] ?? null)])),
  };
}
