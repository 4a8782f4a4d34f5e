import type { Experiment } from "../config.ts";
import { shareOf } from "./division.ts";

/** Of `rows` utterances, how many are in the making at once. */
export function slotsOf({ worker }: Experiment, rows: number): number {
  return Math.min(worker.engine.slots, rows);
}

/** Rows that one card speaks for at once. */
export function rolloutRows(experiment: Experiment): number {
  const { environments, groups } = experiment.rollout;
  return shareOf(Math.ceil(environments / groups), experiment);
}

/** Rows that one card speaks for at once. */
export function evaluationRows(experiment: Experiment): number {
  return shareOf(episodesAtOnce(experiment), experiment);
}

/** Of an evaluation, over all cards. */
export function episodesAtOnce({ evaluation }: Experiment): number {
  return Math.min(evaluation.environments, Math.max(evaluation.episodes, evaluation.selection?.episodes ?? 0));
}
