import type { Experience } from "../experience.ts";
import type { ScoredStep } from "../protocol/messages/acting.ts";
import { readFloat32 } from "../protocol/tensor.ts";
import type { Spoken } from "../trajectory.ts";
import type { Training } from "./training.ts";

/** A line of `tokens.jsonl`: a step's tokens as the iteration that learned from it saw them, before θ changed. */
export interface TokenRow {
  /** As in `metrics.jsonl`, from 1. */
  iteration: number;
  /** The step's `id` in `episodes.jsonl`. */
  step: number;
  /** A of the step, as the loss used it. */
  advantage: number;
  /** Pieces whose concatenation is the utterance; the end token, last, is empty. */
  tokens: readonly string[];
  /** B^i; null for methods without causal weights. */
  weights: readonly number[] | null;
  /** Nats, over the whole vocabulary. */
  entropies: readonly number[];
  logProbs: readonly number[];
  /** Log-prob when sampled − log-prob in training, nats: 0 but for rounding where the policy that learns is the one that spoke. */
  gaps: readonly number[];
}

/** As many as `explain` has scored at once, so that recording needs no more memory than a run does anyway. */
const STEPS_A_CALL = 8;
/** Of numbers written: what a reader can tell apart, in a third of the bytes. */
const DIGITS = 5;

/**
 * Writes down the tokens of a few of the steps that were just played and are about to be learned from. They are the first
 * of the batch, which are the first environments': PPO's batches hold these environment by environment, so with the same
 * number an iteration their episodes are recorded from beginning to end.
 */
export async function recordTokens(
  { experiment, worker, run, clock }: Training,
  {
    experience,
    steps,
    advantages,
    iteration,
  }: { experience: Experience; steps: readonly Spoken[]; advantages: Float32Array; iteration: number },
): Promise<void> {
  const { tokens: wanted } = experiment.recording;
  if (wanted === 0) return;
  const fresh = new Set(experience.trajectories.flatMap((trajectory) => trajectory.steps.map(({ id }) => id)));
  const chosen = steps
    .map(({ id }, place) => ({ id, advantage: advantages[place] ?? 0 }))
    .filter(({ id }) => fresh.has(id))
    .slice(0, wanted);
  await clock.measure("recordTokens", async () => {
    for (let start = 0; start < chosen.length; start += STEPS_A_CALL) {
      const part = chosen.slice(start, start + STEPS_A_CALL);
      const scored = await worker.call("score", {
        stepIds: part.map(({ id }) => id),
        images: null,
        temperature: experiment.sampling.temperature,
      });
      for (const [place, { advantage }] of part.entries()) {
        const step = scored.steps[place];
        if (step !== undefined) run.tokens.append(tokenRow(step, advantage, iteration + 1));
      }
    }
  });
}

function tokenRow(step: ScoredStep, advantage: number, iteration: number): TokenRow {
  const logProbs = readFloat32(step.logProbs);
  const sampled = readFloat32(step.sampledLogProbs);
  return {
    iteration,
    step: step.stepId,
    advantage: rounded(advantage),
    tokens: step.tokens,
    weights: step.causalWeights === null ? null : Array.from(readFloat32(step.causalWeights), rounded),
    entropies: Array.from(readFloat32(step.entropies), rounded),
    logProbs: Array.from(logProbs, rounded),
    gaps: Array.from(logProbs, (logProb, token) => rounded((sampled[token] ?? logProb) - logProb)),
  };
}

function rounded(value: number): number {
  return Number(value.toPrecision(DIGITS));
}
