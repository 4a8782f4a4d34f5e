import { z } from "zod";
import type { Experiment } from "../config/schema.ts";
import type { Evaluation } from "../evaluate.ts";
import { bestCheckpoint } from "../runs/checkpoints.ts";
import { evaluateAs } from "./stages.ts";
import type { Training } from "./training.ts";

type Selection = NonNullable<Experiment["evaluation"]["selection"]>;

/** What selection remembers between iterations; JSON, for checkpoints. */
export const selectionStateSchema = z.strictObject({
  /** The policy preferred so far, by the number of iterations it was trained for. */
  best: z.strictObject({ iteration: z.int(), rank: z.array(z.number()), checkpoint: z.string() }).nullable(),
  /** Evaluations in a row that held `stopAt`. */
  held: z.int(),
});
export type SelectionState = z.output<typeof selectionStateSchema>;

export const emptySelection: SelectionState = { best: null, held: 0 };

/**
 * Evaluates the policy after `iteration` iterations, where the experiment asks for it, on episodes that are never
 * reported, and saves it if it is the best so far.
 */
export async function select(
  training: Training,
  state: SelectionState,
  iteration: number,
): Promise<{ state: SelectionState; evaluation: Evaluation | null }> {
  const { selection } = training.experiment.evaluation;
  if (selection === null || iteration % selection.every !== 0) return { state, evaluation: null };
  const evaluation = await evaluateAs(training, {
    purpose: `selection/${iteration}`,
    episodes: selection.episodes,
    greedy: false,
  });
  const held = holds(evaluation, selection) ? state.held + 1 : 0;
  if (selection.keep === "last") return { state: { ...state, held }, evaluation };
  const rank = rankOf(evaluation, selection);
  if (state.best !== null && !isAtLeast(rank, state.best.rank)) return { state: { ...state, held }, evaluation };
  const checkpoint = bestCheckpoint(iteration);
  await training.checkpoints.write(checkpoint, "agent");
  return { state: { best: { iteration, rank, checkpoint }, held }, evaluation };
}

/** Whether enough evaluations in a row held what the experiment set as its goal. */
export function shouldStop({ evaluation: { selection } }: Experiment, { held }: SelectionState): boolean {
  return selection?.stopAt != null && held >= selection.stopAt.consecutive;
}

function holds({ rate, validJson }: Evaluation, { stopAt }: Selection): boolean {
  return stopAt !== null && rate >= stopAt.success && (validJson ?? 1) >= stopAt.validJson;
}

/** Compared from the left: the format wanted, then success, then valid JSON. */
function rankOf(evaluation: Evaluation, { stopAt }: Selection): number[] {
  const validJson = evaluation.validJson ?? 1;
  const hasFormat = validJson >= (stopAt?.validJson ?? 0);
  return [hasFormat ? 1 : 0, evaluation.rate, validJson];
}

/** Ties go to the later policy. */
function isAtLeast(rank: readonly number[], other: readonly number[]): boolean {
  const first = rank.findIndex((value, position) => value !== other[position]);
  return first < 0 || (rank[first] ?? 0) > (other[first] ?? 0);
}
