import { z } from "zod";
import { criticSpec } from "../protocol/messages/agent.ts";
import { awrSettings, ppoSettings } from "../protocol/messages/objective.ts";

/** The RL base that CoSo builds on, with defaults. */

const count = z.int().min(0);
const positive = z.int().min(1);
const fraction = z.number().min(0).max(1);
const positiveNumber = z.number().gt(0);

const ppo = ppoSettings.omit({ valueOnly: true }).extend({
  kind: z.literal("ppo").default("ppo"),
  clip: positiveNumber.default(0.1),
  valueClip: positiveNumber.nullable().default(0.1),
  valueCoefficient: z.number().min(0).default(0.5),
  valueGradient: ppoSettings.shape.valueGradient.default("shared"),
  ratioGuard: positiveNumber
    .nullable()
    .default(10)
    .describe("Where the ratio exceeds this, the unclipped surrogate is dropped; null: never."),
  thoughtCoefficient: z.number().min(0).default(0.5).describe("λ on the log-probs of tokens before the action."),
  epochs: positive.default(4),
  batchSize: positive.default(128).describe("Steps in one optimiser step."),
  microBatch: positive.default(16).describe("Steps in one pass; does not change the result."),
  learningRate: positiveNumber.default(1e-5).describe("Of the policy, at its peak."),
  valueLearningRate: positiveNumber.default(1e-5).describe("Of the value head, at its peak where it is scheduled."),
  maxGradNorm: positiveNumber.default(0.01),
  gamma: fraction.default(0.9).describe("γ, discount of rewards."),
  lambda: fraction.default(0.95).describe("λ of GAE."),
  rewardScale: positiveNumber
    .default(1)
    .describe("Rewards are multiplied by it before values and advantages; reported returns are not."),
  normaliseAdvantages: z.boolean().default(true).describe("Over the batch, to mean 0 and deviation 1."),
  advantageStdFloor: z
    .number()
    .min(0)
    .default(0)
    .describe("Normalisation divides by no less, so that noise stays small when nearly every episode succeeds."),
  valueWarmupIterations: count.default(0).describe("First iterations, which train the value head alone."),
  learningRateSchedule: z
    .strictObject({
      shape: z.enum(["constant", "linear", "cosine"]).default("cosine"),
      finalFraction: fraction.default(1e-4).describe("Of the peak, reached at the last iteration."),
      warmupIterations: count.default(0).describe("Linear rise to the peak before the fall."),
      fallIterations: positive
        .nullable()
        .default(null)
        .describe("From the peak to the end of the fall, which is then held; null: until the last iteration."),
      includesValueHead: z
        .boolean()
        .default(false)
        .describe("Whether the value head's rate follows too, as in RL4VLM, whose one optimiser has one rate."),
    })
    .prefault({}),
});

/** What else critics learn by is the actor's: γ and the bound on gradients. */
const critics = criticSpec.extend({
  encoder: criticSpec.shape.encoder.default({ kind: "policy" }).describe("What critics read with; it never learns."),
  hiddenSize: positive.default(768).describe("Of both hidden layers of each step-level head."),
  learningRate: positiveNumber.default(1e-4),
  steps: count.default(5).describe("Optimiser steps of the step-level critic an iteration."),
  batchSize: positive.default(128).describe("Steps in one of them."),
  instructionSteps: count.default(5).describe("Optimiser steps of the instruction-level critic an iteration."),
  instructionBatchSize: positive.default(256).describe("Episodes in one of them."),
  microBatch: positive.default(64).describe("States in one pass of the encoder; does not change the result."),
  heldOut: z.number().min(0).lt(1).default(0.2).describe("Share of episodes that critics are only measured on."),
  warmupIterations: count.default(0).describe("First iterations, which train the critics alone."),
});

const awr = awrSettings.omit({ freshStepIds: true }).extend({
  mode: z
    .enum(["online", "offline", "offline-to-online"])
    .default("online")
    .describe(
      "`offline`: learns once, from episodes of the policy that SFT left; `offline-to-online`: so in the first iteration.",
    ),
  episodes: positive.default(16).describe("Whole episodes that an online iteration plays."),
  offline: z
    .strictObject({
      episodes: positive.default(512).describe("Played by the policy that SFT left, before anything is learned."),
      steps: count.default(600).describe("Optimiser steps of the policy."),
      criticSteps: count.default(100).describe("Of the step-level critic."),
      instructionSteps: count.default(100).describe("Of the instruction-level critic."),
    })
    .prefault({})
    .describe("The first iteration of the modes `offline` and `offline-to-online`."),
  gamma: fraction.default(0.5).describe("γ, discount of rewards."),
  advantageCost: z.number().min(0).default(0.05).describe("What a step has to gain to count as an improvement."),
  filterQuantile: fraction.default(0.9).describe("The policy learns from episodes at or above this quantile."),
  capacity: positive.default(2000).describe("Steps of past iterations that are kept to learn from, oldest out first."),
  critics: critics
    .nullable()
    .prefault({})
    .describe("null: Filtered BC, which imitates the episodes of highest return."),
  thoughtCoefficient: z.number().min(0).default(1).describe("λ on the log-probs of tokens before the action."),
  steps: count.default(20).describe("Optimiser steps of the policy an iteration."),
  batchSize: positive.default(128).describe("Steps in one optimiser step."),
  microBatch: positive.default(4).describe("Steps in one pass; does not change the result."),
  learningRate: positiveNumber.default(1e-4).describe("Of the policy."),
  maxGradNorm: positiveNumber.default(0.01).describe("Of the policy's gradient, and of each critic's."),
});

export const algorithm = z
  .discriminatedUnion("kind", [ppo, awr])
  .describe("`ppo` as RL4VLM has it, which is meant where no kind is given; `awr` as DigiRL has it.");
