import { oldLogProbsOf } from "../config/old-log-probs.ts";
import type { Observation, RgbImage } from "../environments/environment.ts";
import { GuardError } from "../errors.ts";
import type { Metrics } from "../protocol/messages/scalars.ts";
import { readFloat32 } from "../protocol/tensor.ts";
import { deriveSeed } from "../random.ts";
import { packObservations } from "../worker/observations.ts";
import { createEnvironment, type Training } from "./training.ts";

/** Rollouts count their steps from 1; by then these are forgotten. */
const guardStep = 0;
const longerStep = 1;
/** Tokens enough to tell. */
const guardTokens = 32;

/**
 * What a policy that is to be trained must do, asked of it before anything else, on the environment's first observation:
 * it sees its image, and an utterance's log-probs do not depend on what else is in a batch.
 * @throws GuardError naming what it does not do.
 */
export async function guardPolicy(training: Training): Promise<void> {
  const { worker, experiment, spec } = training;
  const seed = deriveSeed(experiment.seed, "guard");
  const observation = await firstObservation(training, seed);
  if (spec.showsImages && observation.image === undefined) {
    throw new GuardError(
      `environment \`${spec.id}\`: its spec says showsImages, but its first observation has no image`,
    );
  }
  // The second row is longer, so that the first is padded.
  const longer = { ...observation, prompt: `${observation.prompt}\n${observation.prompt}` };
  const { batch, frames } = packObservations([observation, longer]);
  const { temperature, maxNewTokens } = experiment.sampling;
  const acted = await worker.call(
    "act",
    {
      observations: batch,
      stepIds: [guardStep, longerStep],
      temperature,
      maxNewTokens: Math.min(maxNewTokens, guardTokens),
      greedy: false,
      policy: "present",
      seed,
    },
    { frames },
  );
  const alone = await scoreOf(training, [guardStep]);
  if (observation.image !== undefined) await guardSight(training, observation.image, alone);
  guardBatching(training, alone, await scoreOf(training, [guardStep, longerStep]), readFloat32(acted.logProbs)[0] ?? 0);
  await worker.call("forgetSteps", { stepIds: [guardStep, longerStep] });
}

/**
 * Other pixels under the same tokens change their log-probs. An image that is dropped somewhere between environment and
 * model would otherwise only show as an agent that never learns.
 */
async function guardSight(training: Training, image: RgbImage, seen: Float32Array): Promise<void> {
  const inverted = await scoreOf(training, [guardStep], { ...image, rgb: image.rgb.map((level) => 255 - level) });
  if (seen.some((logProb, token) => logProb !== inverted[token])) return;
  throw new GuardError(
    `the policy is blind: inverting every pixel of \`${training.spec.id}\`'s image left all ${seen.length} log-probs of ` +
      "an utterance as they were; check that the checkpoint has a vision tower and that its processor keeps images",
  );
}

/** A padded batch equals single samples, in training and in sampling. */
function guardBatching({ experiment }: Training, alone: Float32Array, padded: Float32Array, sampled: number): void {
  const limit = experiment.guards.maxLogProbGap;
  if (limit === null) return;
  const gap = Math.max(...alone.map((logProb, token) => Math.abs(logProb - (padded[token] ?? 0))));
  const sampledGap = Math.abs(alone.reduce((sum, logProb) => sum + logProb, 0) - sampled) / alone.length;
  if (gap <= limit && sampledGap <= limit) return;
  throw new GuardError(
    `an utterance's log-probs depend on its batch: beside a longer prompt they differ by up to ${gap.toPrecision(3)} nats ` +
      `a token in training, and by ${sampledGap.toPrecision(3)} on the mean in sampling, more than guards.maxLogProbGap ` +
      `${limit}; check the checkpoint's padding and attention mask (policy.attention), or raise the limit if the ` +
      "precision explains it (bfloat16 does)",
  );
}

async function firstObservation(training: Training, seed: number): Promise<Observation> {
  const environment = createEnvironment(training);
  try {
    return await environment.reset({ seed });
  } finally {
    await environment.close?.();
  }
}

/** Log-probs of the first step's tokens; `image` takes the place of the one that it was sampled under. */
async function scoreOf(
  { worker, experiment }: Training,
  stepIds: readonly number[],
  image?: RgbImage,
): Promise<Float32Array> {
  const { batch, frames } = packObservations(image === undefined ? [] : [{ prompt: "", image }]);
  const { steps } = await worker.call(
    "score",
    { stepIds: [...stepIds], images: batch.images, temperature: experiment.sampling.temperature },
    { frames },
  );
  return readFloat32(steps[0]?.logProbs ?? { dtype: "float32", shape: [0], data: new Uint8Array(0) });
}

const consequence = {
  ppo: "PPO's ratios would be wrong from the first step",
  awr: "the update would not see the utterances as they were said",
} as const;

/**
 * Sampling and training agree on the log-probs of the same tokens, before any optimiser step: of all that PPO learns from,
 * of what the present policy has just said with AWR, which also learns from what others said. Where old log-probs are
 * recomputed nothing is learned from those of sampling.
 * @throws GuardError when a token's gap exceeds `guards.maxLogProbGap`.
 */
export function guardLogProbGap({ experiment }: Training, metrics: Metrics): void {
  const limit = experiment.guards.maxLogProbGap;
  const gap = metrics["mismatch/max"];
  if (limit === null || gap === undefined || gap <= limit) return;
  // There ratios start from log-probs of training, and `mismatch.maxMean` bounds how far those of sampling may be.
  if (oldLogProbsOf(experiment) !== "sampled") return;
  throw new GuardError(
    `log-probs of sampling and training differ by up to ${gap.toPrecision(3)} nats a token, more than ` +
      `guards.maxLogProbGap ${limit}: ${consequence[experiment.algorithm.kind]}. Raise the limit if the precision ` +
      "explains it (bfloat16 does), or set it to null",
  );
}
