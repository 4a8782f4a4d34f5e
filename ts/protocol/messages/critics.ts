import { z } from "zod";
import { count, metrics, positive, positiveNumber, seed, tensor } from "./scalars.ts";

/** AWR's critics: what is asked of them, and what they learn from. T steps of an episode have T + 1 states. */

const states = z
  .array(count)
  .min(2)
  .describe("Of one episode: its steps in time's order, then what lies behind the last one.");

export const criticEpisode = z
  .strictObject({
    instruction: z.string().describe("The episode's first prompt, which the instruction-level critic reads."),
    stateIds: states,
    successes: z.array(z.boolean()).min(1).describe("[T]: whether the return from that step on is positive."),
  })
  .meta({ id: "CriticEpisode" });

const criticFit = z
  .strictObject({
    steps: count.describe("Optimiser steps."),
    batchSize: positive.describe("Examples in one optimiser step, drawn with replacement."),
    learningRate: positiveNumber,
    maxGradNorm: positiveNumber,
  })
  .meta({ id: "CriticFit" });

export const fitCritics = {
  params: z
    .strictObject({
      episodes: z.array(criticEpisode).min(1),
      heldOut: z.array(criticEpisode).describe("Episodes that critics are only measured on."),
      states: criticFit.describe("Of the step-level critic."),
      instructions: criticFit.describe("Of the instruction-level critic."),
      microBatch: positive.describe("States in one pass of the encoder; does not change the result."),
      seed,
    })
    .describe("Cross-entropy of success given a state, and given an instruction.")
    .meta({ id: "FitCriticsParams" }),
  result: z.strictObject({ metrics }).meta({ id: "FitCriticsResult" }),
};

export const valueInstructions = {
  params: z
    .strictObject({ instructions: z.array(z.string()).min(1), microBatch: positive })
    .describe("P(success) by the instruction-level critic.")
    .meta({ id: "ValueInstructionsParams" }),
  result: z.strictObject({ values: tensor.describe("float32 [N]") }).meta({ id: "ValueInstructionsResult" }),
};

export const valueStates = {
  params: z
    .strictObject({ episodes: z.array(states).min(1), microBatch: positive })
    .describe("V(s), the lower of the step-level critic's two estimates of P(success).")
    .meta({ id: "ValueStatesParams" }),
  result: z
    .strictObject({ values: tensor.describe("float32, T + 1 of each episode one after another.") })
    .meta({ id: "ValueStatesResult" }),
};
