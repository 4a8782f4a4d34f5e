import type { Costs } from "./costs.ts";
import { learningOf } from "./trainer.ts";

/**
 * How many GPUs of several should learn, so that neither side waits for the other: a first guess by arithmetic, with full
 * batches of rows and no waiting for environments. 0 of one GPU, which does both.
 */
export function chooseTrainers(costs: Costs, gpus: number, environments: number, batch: number): number {
  if (gpus === 1) return 0;
  const { least } = costs.trainer;
  const candidates = Array.from({ length: gpus - 1 }, (_, index) => index + 1);
  const seconds = (trainers: number): number =>
    Math.max(learningOf(costs, batch, trainers).seconds, speakingSeconds(costs, gpus - trainers, environments) * batch);
  const fitting = candidates.filter((trainers) => trainers >= least);
  return (fitting.length === 0 ? candidates : fitting).reduce((best, trainers) =>
    seconds(trainers) < seconds(best) ? trainers : best,
  );
}

/** Of one environment step, with all engines at it. */
function speakingSeconds({ engine, utteranceTokens }: Costs, engines: number, environments: number): number {
  const { promptTokens, maxNewTokens, prompt, promptFloor, weights, cacheToken, row, issue, issuesAhead } = engine;
  const room = Math.floor(engine.cacheTokens.alone / (promptTokens + maxNewTokens));
  const rows = Math.max(1, Math.min(engine.maxRows, room, environments / engines));
  const tokens = Math.min(utteranceTokens.mean, maxNewTokens);
  const work = Math.max(weights + rows * (promptTokens + tokens / 2) * cacheToken, rows * row);
  const decodeStep = issuesAhead ? Math.max(issue, work) : issue + work;
  return (Math.max(prompt, promptFloor / rows) + (tokens * decodeStep) / rows) / engines;
}
