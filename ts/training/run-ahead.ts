import type { Training } from "./training.ts";

/**
 * Whether the rollout after `iteration` is played while that one is learned from (`rollout.staleness`). Never over a
 * checkpoint, an evaluation or the end: a run goes on from its checkpoints as if nothing had happened, and an evaluation
 * finds the engine free.
 */
export function runsAhead({ experiment, signal }: Pick<Training, "experiment" | "signal">, iteration: number): boolean {
  const { rollout, iterations, checkpoint, evaluation } = experiment;
  const complete = iteration + 1;
  const isEvaluated = evaluation.selection !== null && complete % evaluation.selection.every === 0;
  return (
    rollout.staleness > 0 &&
    complete < iterations &&
    complete % checkpoint.every !== 0 &&
    !isEvaluated &&
    !signal.aborted
  );
}
