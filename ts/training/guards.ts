import type { Observation, RgbImage } from "../environments/environment.ts";
import { GuardError } from "../errors.ts";
import type { Metrics } from "../protocol/messages/scalars.ts";
import type { Params } from "../protocol/messages.ts";
import { readFloat32 } from "../protocol/tensor.ts";
import { deriveSeed } from "../random.ts";
import { packObservations } from "../worker/observations.ts";
import { createEnvironment, type Training } from "./training.ts";

/** Rollouts count their steps from 1. */
const guardStep = 0;

/**
 * The policy sees: other pixels under the same tokens change their log-probs. An image that is dropped somewhere
 * between environment and model would otherwise only show as an agent that never learns.
 * @throws GuardError when they do not.
 */
export async function guardSight(training: Training): Promise<void> {
  const { spec, worker, experiment } = training;
  if (!spec.showsImages) return;
  const seed = deriveSeed(experiment.seed, "guard");
  const observation = await firstObservation(training, seed);
  const { image } = observation;
  if (image === undefined) {
    throw new GuardError(
      `environment \`${spec.id}\`: its spec says showsImages, but its first observation has no image`,
    );
  }
  const { batch, frames } = packObservations([observation]);
  await worker.call(
    "act",
    { observations: batch, stepIds: [guardStep], ...experiment.sampling, greedy: false, seed },
    { frames },
  );
  const seen = await scoreUnder(training, image);
  const inverted = await scoreUnder(training, { ...image, rgb: image.rgb.map((level) => 255 - level) });
  await worker.call("forgetSteps", { stepIds: [guardStep] });
  if (seen.every((logProb, token) => logProb === inverted[token])) {
    throw new GuardError(
      `the policy is blind: inverting every pixel of \`${spec.id}\`'s image left all ${seen.length} log-probs of an ` +
        "utterance as they were; check that the checkpoint has a vision tower and that its processor keeps images",
    );
  }
}

async function firstObservation(training: Training, seed: number): Promise<Observation> {
  const environment = createEnvironment(training);
  try {
    return await environment.reset({ seed });
  } finally {
    await environment.close?.();
  }
}

async function scoreUnder({ worker, experiment }: Training, image: RgbImage): Promise<Float32Array> {
  const { batch, frames } = packObservations([{ prompt: "", image }]);
  const params: Params<"score"> = {
    stepIds: [guardStep],
    images: batch.images,
    temperature: experiment.sampling.temperature,
  };
  const { steps } = await worker.call("score", params, { frames });
  return readFloat32(steps[0]?.logProbs ?? { dtype: "float32", shape: [0], data: new Uint8Array(0) });
}

/**
 * Sampling and training agree on the log-probs of the same tokens, before any optimiser step.
 * @throws GuardError when a token's gap exceeds `guards.maxLogProbGap`.
 */
export function guardLogProbGap({ experiment }: Training, metrics: Metrics): void {
  const limit = experiment.guards.maxLogProbGap;
  const gap = metrics["mismatch/max"];
  if (limit === null || gap === undefined || gap <= limit) return;
  throw new GuardError(
    `log-probs of sampling and training differ by up to ${gap.toPrecision(3)} nats a token, more than ` +
      `guards.maxLogProbGap ${limit}: PPO's ratios would be wrong from the first step. Raise the limit if the precision ` +
      "explains it (bfloat16 does), or set it to null",
  );
}
