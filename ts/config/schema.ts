import { z } from "zod";
import { freshEncoder, pretrainedEncoder, scmSpec } from "../protocol/messages/agent.ts";
import { klTerm, mismatchHandling } from "../protocol/messages/objective.ts";
import { algorithm } from "./algorithm.ts";
import { policy } from "./policy.ts";
import { sinks } from "./sinks.ts";
import { entropy, gradient, weights } from "./weighting.ts";
import { worker } from "./worker.ts";

/**
 * The shape of an experiment. Input is what a researcher writes, output what a run uses: every default filled in.
 * Defaults of PPO are RL4VLM's, on which the paper's Gym Cards and ALFWorld results build, those of AWR DigiRL's, on
 * which its Android results build; those of the SCM are the paper's. Where a wire schema exists (`protocol/messages.ts`), this file reuses it.
 */

const count = z.int().min(0);
const positive = z.int().min(1);
const fraction = z.number().min(0).max(1);
const positiveNumber = z.number().gt(0);

const environment = z.strictObject({
  id: z.string().min(1).describe("An environment of the registry, such as `numberline`."),
  settings: z
    .record(z.string(), z.json())
    .default({})
    .describe("The environment's own settings; its schema is checked, defaults included."),
});

const sampling = z.strictObject({
  temperature: positiveNumber.default(0.2).describe("Of sampling, and of every log-prob and entropy."),
  maxNewTokens: positive.default(256).describe("Longest utterance, in tokens."),
});

const scriptedSource = z.strictObject({
  count: positive.describe("Scripted demonstrations to learn from."),
  quality: z
    .record(z.string(), z.json())
    .default({})
    .describe("How imperfect they are; the environment's schema is checked."),
});

const fileSource = z.strictObject({
  file: z.string().min(1).describe("JSON in LLaVA's conversation format, relative to the working directory."),
  count: positive.nullable().default(null).describe("First rows of the file to learn from; null: all."),
  imageFolder: z
    .string()
    .nullable()
    .default(null)
    .describe("What image paths are relative to; null: the file's folder."),
  skipBadRows: z.boolean().default(false).describe("Learn from the other rows; without it one bad row stops the run."),
  sha256: z
    .string()
    .nullable()
    .default(null)
    .describe("Of the file; filled in, so that a run goes on with the data it was begun with."),
});

const sft = z.strictObject({
  demonstrations: z.union([scriptedSource, fileSource]).describe("A scripted expert's, or those of a file."),
  steps: positive.describe("Optimiser steps."),
  batchSize: positive.default(64),
  microBatch: positive.default(64).describe("Demonstrations in one pass; does not change the result."),
  learningRate: positiveNumber.describe("Peak; falls to 0 along a cosine."),
  maxGradNorm: positiveNumber.default(1),
});

const encoder = z.discriminatedUnion("kind", [
  freshEncoder.extend({
    hiddenSize: positive.default(256),
    layers: positive.default(3),
    heads: positive.default(4),
    feedForwardSize: positive.default(1024),
    dropout: fraction.default(0.1),
    maxPositions: positive.default(512),
  }),
  pretrainedEncoder.extend({ isFrozen: z.boolean().default(true) }),
]);

const scm = scmSpec.extend({
  encoder: encoder
    .prefault({ kind: "fresh" })
    .describe(
      "With a vocabulary of 32,000 the default has the paper's 0.01B parameters; the published code's is 128 wide.",
    ),
  pooling: scmSpec.shape.pooling.default("masked-mean"),
  maxGradNorm: positiveNumber.default(1),
  pretraining: z
    .strictObject({
      utterances: positive.describe("Scripted texts, half of them corrupted, all labelled by f^parse."),
      steps: positive,
      batchSize: positive.default(64),
      learningRate: positiveNumber.default(1e-5),
    })
    .nullable()
    .default(null)
    .describe("Offline stage of φ; null: φ starts untrained."),
  online: z
    .strictObject({
      steps: positive.default(16).describe("Optimiser steps an iteration."),
      corruptedSteps: z
        .int()
        .min(0)
        .default(0)
        .describe("As many more on copies of the utterances, half of them corrupted, all labelled by f^parse."),
      batchSize: positive.default(64),
      learningRate: positiveNumber.default(1e-5),
    })
    .prefault({})
    .describe("Line 17 of Algorithm 1."),
});

const kl = klTerm.extend({
  coefficient: z.number().min(0).describe("β"),
  region: klTerm.shape.region.default("utterance"),
});

const mismatch = z.strictObject({
  oldLogProbs: z
    .enum(["auto", "sampled", "recomputed"])
    .default("auto")
    .describe(
      "What PPO's ratio starts from: log-probs of sampling, or of a training pass over what was sampled. auto: `sampled` " +
        "where the engine is the policy itself in float32, which differ by rounding alone, else `recomputed`.",
    ),
  truncation: mismatchHandling.shape.truncation.default(null),
  maxMean: mismatchHandling.shape.largestMean.default(0.1),
});

const rollout = z.strictObject({
  environments: positive.default(16).describe("Played in parallel."),
  groups: positive
    .default(1)
    .describe(
      "Batches of the policy a time step: while it speaks for one group of environments, the others step. " +
        "More than 1 pays where environments take long; it changes the draws of a run.",
    ),
  asynchronous: z
    .boolean()
    .default(false)
    .describe(
      "Whether each environment plays at its own pace, so that a slow device holds no other; with AWR. A run then hangs on " +
        "timing and cannot be repeated bit for bit.",
    ),
  staleness: z
    .int()
    .min(0)
    .max(1)
    .default(0)
    .describe(
      "Updates that the policy which speaks may lie behind the one that learns. 0: on policy. 1: while an update is made, the " +
        "policy before it plays the next rollout, in an engine with a process of its own; with PPO.",
    ),
  stepsPerEnvironment: positive
    .default(32)
    .describe("Time steps an iteration with PPO; AWR plays whole episodes, `algorithm.episodes` of them."),
});

const selection = z.strictObject({
  keep: z
    .enum(["best", "last"])
    .default("best")
    .describe("The policy that is reported: the best by these evaluations, or the last, which they only watch."),
  every: positive.default(1).describe("Iterations between evaluations."),
  episodes: positive.describe("Sampled episodes of one evaluation; never those that are reported."),
  stopAt: z
    .strictObject({
      success: fraction,
      validJson: fraction.default(0),
      consecutive: positive.default(1).describe("Evaluations in a row that must hold both."),
    })
    .nullable()
    .default(null)
    .describe("When to stop early; null: never."),
});

const evaluation = z.strictObject({
  episodes: positive
    .default(200)
    .describe("Of each reported evaluation: before, after SFT and final, sampled and greedy."),
  environments: positive.default(256).describe("Episodes in flight at once."),
  settings: z
    .record(z.string(), z.json())
    .default({})
    .describe("What differs in the environment of reported evaluations, such as games that training never plays."),
  selection: selection
    .nullable()
    .default(null)
    .describe("Keep the best policy by evaluations of its own; null: the last iterate is the result."),
});

const checkpointing = z.strictObject({
  every: positive.default(1).describe("Iterations between checkpoints."),
  keep: positive.default(2).describe("Newest checkpoints to keep."),
});

const recording = z.strictObject({
  tokens: count
    .default(16)
    .describe(
      "Steps an iteration whose tokens are written to `tokens.jsonl` with weight, entropy and log-probs, for `coso view`; 0: none.",
    ),
});

const guards = z.strictObject({
  maxLogProbGap: positiveNumber
    .nullable()
    .default(1e-3)
    .describe("Largest |log-prob of sampling − log-prob of training| of a token, nats; null: not guarded."),
});

export const experimentSchema = z.strictObject({
  name: z
    .string()
    .regex(
      /^[A-Za-z0-9][A-Za-z0-9._+-]*$/,
      "letters, digits, dots, dashes, pluses and underscores, beginning with a letter or digit",
    )
    .describe("Names the run folder."),
  seed: z.int().min(0).max(0xffff_ffff).default(0).describe("Decides demonstrations, initial weights and all of RL."),
  environment,
  policy,
  sampling: sampling.prefault({}),
  worker: worker.prefault({}),
  sft: sft.nullable().default(null).describe("Supervised fine-tuning before RL; null: none."),
  scm: scm.nullable().default(null).describe("The structural causal model φ; needed by causal entropy."),
  weights: weights.prefault({ kind: "paper" }),
  entropy: entropy.default({ kind: "none" }),
  gradient: gradient.default({ kind: "uniform" }),
  algorithm: algorithm.prefault({}),
  kl: kl.nullable().default(null).describe("KL to the policy that RL starts from; null: none."),
  rollout: rollout.prefault({}),
  mismatch: mismatch.prefault({}).describe("Between the engine that samples and the policy that learns."),
  iterations: count.describe("K of Algorithm 1; 0 evaluates the policy as it comes, or after SFT, without RL."),
  evaluation: evaluation.prefault({}),
  checkpoint: checkpointing.prefault({}),
  recording: recording.prefault({}),
  guards: guards.prefault({}),
  sinks,
});

/** What a researcher writes. */
export type ExperimentInput = z.input<typeof experimentSchema>;
/** What a run uses: every default filled in. */
export type Experiment = z.output<typeof experimentSchema>;
export type AlgorithmConfig = Experiment["algorithm"];
export type PpoConfig = Extract<AlgorithmConfig, { kind: "ppo" }>;
export type AwrConfig = Extract<AlgorithmConfig, { kind: "awr" }>;
/** An experiment whose base is known, so that it can be spread into another one. */
export type PpoExperiment = Experiment & { algorithm: PpoConfig };
/** What a researcher writes whose base is PPO. */
export type PpoExperimentInput = Omit<ExperimentInput, "algorithm"> & {
  algorithm?: Exclude<ExperimentInput["algorithm"], { kind: "awr" }>;
};
export type EntropyConfig = Experiment["entropy"];
export type GradientConfig = Experiment["gradient"];
export type WeightsConfig = Experiment["weights"];
