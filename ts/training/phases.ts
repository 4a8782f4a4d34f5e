import { usesCausalWeights } from "../config/method.ts";
import type { Experience } from "../experience.ts";
import { actionStart } from "../parsing/action-key.ts";
import type { Metrics } from "../protocol/messages/scalars.ts";
import type { Params, Result } from "../protocol/messages.ts";
import { float32Tensor } from "../protocol/tensor.ts";
import { entropyCoefficientAt, entropyTerm } from "../schedule.ts";
import type { Step } from "../trajectory.ts";
import type { Batch } from "./bases/base.ts";
import { labelTensor } from "./factor-labels.ts";
import type { Loop } from "./loop.ts";
import { recordTokens } from "./record-tokens.ts";
import { runsAhead } from "./run-ahead.ts";
import { corruptedExamples } from "./scm-pretraining.ts";
import { activeScm, type Training } from "./training.ts";
import { spanTensor, type Weighed, weighSteps } from "./weigh.ts";

/**
 * Algorithm 1, lines 3–9: y_t ~ π_θ, a_t = f^parse(y_t), s_{t+1} and r_t from the environments. Where rollouts may run
 * ahead, this one was begun while the last was learned from, and the next one begins.
 */
export async function rollOut(training: Training, loop: Loop, iteration: number): Promise<Experience> {
  const { base, rollout, ahead } = loop;
  const experience = await training.clock.measure("rollout", () => ahead ?? base.rollOut(rollout, iteration));
  loop.isStale = ahead !== null;
  loop.ahead = runsAhead(training, iteration) ? base.rollOut(rollout, iteration + 1) : null;
  // What goes wrong in it is thrown where it is awaited.
  loop.ahead?.catch(() => undefined);
  return experience;
}

/** Algorithm 1, line 10: U, the steps that θ learns from. On policy those just played, off policy past ones too. */
export function gather({ base, rollout }: Loop, experience: Experience, iteration: number): Promise<Batch> {
  return base.gather(experience, rollout, iteration);
}

/**
 * Algorithm 1, lines 13–14: causal weights B of every token of U with the present φ (Eq. 6), kept by the worker beside
 * the steps. None for methods without causal weights.
 */
export async function weigh(
  training: Training,
  { weighing }: Pick<Loop, "weighing">,
  { steps }: Pick<Batch, "steps">,
): Promise<Weighed> {
  const none = { weights: new Float32Array(0), lengths: [], metrics: {} };
  if (!usesCausalWeights(training.experiment) || steps.length === 0) return none;
  return training.clock.measure("weigh", () => weighing?.of(steps) ?? weighSteps(training, steps));
}

/**
 * Algorithm 1, line 17: φ learns the actions that f^parse found, by cross-entropy.
 *
 * A policy that hardly ever breaks its format shows φ no broken one, and φ forgets what breaks an action: it takes one
 * for granted where no other is written. `corruptedSteps` (ours, 0 by default) reminds it.
 */
export async function fitScm(training: Training, experience: Experience): Promise<Metrics> {
  const scm = activeScm(training.experiment);
  if (scm === null) return {};
  const steps = stepsOf(experience);
  const { corruptedSteps, ...online } = scm.online;
  const teach = (examples: Params<"fitScm">["examples"], numSteps: number): Promise<Result<"fitScm">> =>
    training.worker.call("fitScm", {
      examples,
      ...online,
      steps: numSteps,
      maxGradNorm: scm.maxGradNorm,
      seed: training.streams.stream("scm").seed(),
    });
  return training.clock.measure("fitScm", async () => {
    if (corruptedSteps > 0) await teach(corruptedExamples(training, steps), corruptedSteps);
    const stepIds = idsOf(steps);
    const { metrics } = await teach({ kind: "steps", stepIds, labels: labelsOf(training, steps) }, online.steps);
    return metrics;
  });
}

/** Algorithm 1, lines 15 and 18: θ follows the base's objective and the entropy term of Eq. 7. */
export async function updatePolicy(
  training: Training,
  { experience, batch }: { experience: Experience; batch: Batch },
  iteration: number,
  adaptedCoefficient: number | null,
): Promise<Metrics> {
  const { experiment, worker, clock, streams } = training;
  const { entropy, iterations } = experiment;
  const { steps } = batch;
  const { advantages, returns, objective, metrics: creditMetrics } = await batch.credit();
  await recordTokens(training, { experience, steps, advantages, iteration });
  const coefficient = entropyCoefficientAt(entropy, iteration, iterations, adaptedCoefficient);
  const { metrics } = await clock.measure("updatePolicy", () =>
    worker.call("updatePolicy", {
      stepIds: idsOf(steps),
      advantages: float32Tensor(advantages, [steps.length]),
      returns: returns === null ? null : float32Tensor(returns, [steps.length]),
      actionStarts: steps.map(({ utterance }) => actionStart(utterance)),
      actionSpans: spanTensor(steps.map(({ parse }) => parse)),
      algorithm: objective,
      entropy: entropyTerm(entropy, coefficient),
      gradient: experiment.gradient,
      kl: experiment.kl,
      mismatch: { truncation: experiment.mismatch.truncation, largestMean: experiment.mismatch.maxMean },
      temperature: experiment.sampling.temperature,
      seed: streams.stream("update").seed(),
    }),
  );
  await batch.release();
  return {
    ...metrics,
    ...creditMetrics,
    ...(entropy.kind !== "none" && { "entropy/coefficient": coefficient }),
  };
}

function stepsOf({ trajectories }: Experience): Step[] {
  return trajectories.flatMap(({ steps }) => steps);
}

function idsOf(steps: readonly { readonly id: number }[]): number[] {
  return steps.map(({ id }) => id);
}

function labelsOf({ spec }: Training, steps: readonly Step[]): ReturnType<typeof labelTensor> {
  return labelTensor(
    spec.factors,
    steps.map(({ parse }) => parse),
  );
}
