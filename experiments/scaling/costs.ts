import { type Card, ConfigError, cardNamed, type Experiment, type Operations, operationsOf } from "../../ts/index.ts";
import { type Calibration, type EnvironmentKind, named } from "./calibration.ts";
import type { Distribution } from "./distribution.ts";
import { type Update, workloadNamed } from "./workloads.ts";

/** What everything takes, as plain numbers that a knob can turn. Seconds unless said otherwise. */
export interface Costs {
  readonly engine: EngineCosts;
  readonly trainer: TrainerCosts;
  readonly environment: EnvironmentKind;
  readonly utteranceTokens: Distribution;
  /** Of the leading process, for each environment step. */
  readonly leader: number;
  readonly coresPerGpu: number;
  /** An engine's, to take over new weights. */
  readonly handOver: number;
}

export interface EngineCosts {
  readonly batching: "padded" | "continuous";
  readonly promptTokens: number;
  readonly maxNewTokens: number;
  /** Of a pass over prompts: each prompt's products, and what a pass takes at least. */
  readonly prompt: number;
  readonly promptFloor: number;
  /** Of a decode step: reading the weights, reading one token's keys and values, one row's products, issuing it. */
  readonly weights: number;
  readonly cacheToken: number;
  readonly row: number;
  readonly issue: number;
  /** Whether issuing goes on behind the device's back; on a CPU it adds up. */
  readonly issuesAhead: boolean;
  readonly maxRows: number;
  /** Tokens that the cache has room for on a GPU that speaks alone, and how many of them what learns takes the room of. */
  readonly cacheTokens: { readonly alone: number; readonly learning: number };
}

export interface TrainerCosts {
  /** Learning once from one step, and what a pass of a micro-batch takes at least. */
  readonly learn: number;
  readonly passFloor: number;
  readonly microBatch: number;
  readonly epochs: number;
  readonly optimiserStepsPerEpoch: number;
  /** Sending all gradients once over one link. */
  readonly gradients: number;
  /** Whether trainers share one copy of what learns, or have one each. */
  readonly isSharded: boolean;
  /** Of a pass where they share it: gathering the weights thrice. */
  readonly gather: number;
  /** Of one step's causal weights, and of an iteration's updates of the SCM. */
  readonly weigh: number;
  readonly fitScm: number;
  /** Trainers that are needed for what stays in memory. */
  readonly least: number;
}

export interface Choice {
  readonly environment: string;
  readonly engine: string;
  readonly update: Update;
  /** Passes over a batch in one update; null: as the experiment has it. */
  readonly epochs: number | null;
}

/** @throws ConfigError when the calibration has no such engine or environment, or the update does not go with it. */
export async function costsOf(calibration: Calibration, choice: Choice): Promise<Costs> {
  const costs = await calibratedCosts(calibration, choice);
  return choice.epochs === null ? costs : { ...costs, trainer: { ...costs.trainer, epochs: choice.epochs } };
}

async function calibratedCosts(calibration: Calibration, choice: Choice): Promise<Costs> {
  const environment = named(calibration.environments, choice.environment, "--environment");
  const { leaderSecondsPerStep, coresPerGpu, optimiserStepsPerEpoch } = calibration;
  const shared = { environment, leader: leaderSecondsPerStep.value, coresPerGpu: coresPerGpu.value };
  const experiment = workloadNamed(calibration.workload, choice.update);
  if (calibration.kind === "measured")
    return { ...shared, ...measuredCosts(calibration, choice.engine, experiment, environment) };

  const card = cardNamed(calibration.card);
  const operations = await operationsOf(experiment, card, {
    utteranceTokens: Math.min(environment.utteranceTokens.mean, experiment.sampling.maxNewTokens),
    ...(environment.promptTokens !== null && { promptTokens: environment.promptTokens }),
  });
  const { trainer, links } = calibration;
  const peak = experiment.worker.dtype === "bfloat16" ? card.bfloat16Flops : card.float32Flops;
  const learned = (flops: number): number => flops / (peak * trainer.productShare.value);
  const issued = (launches: number): number => launches * trainer.launchSeconds.value;
  const { learn, weigh, fitScm, memory, changedBytes, gradientBytes } = operations;
  const isSharded = choice.update === "full";
  const least = isSharded ? Math.ceil(memory.learning / memory.usable) : 1;
  return {
    ...shared,
    utteranceTokens: environment.utteranceTokens,
    handOver: changedBytes / links.weights.value,
    engine: engineCosts(calibration, choice, operations, card, peak),
    trainer: {
      learn: learned(learn.flops),
      passFloor: issued(learn.launches),
      microBatch: learn.microBatch,
      epochs: learn.epochs,
      optimiserStepsPerEpoch: optimiserStepsPerEpoch.value,
      gradients: gradientBytes / links.gradients.value,
      isSharded,
      gather: isSharded ? (3 * changedBytes) / links.gradients.value : 0,
      weigh: Math.max(learned(weigh.flops), issued(weigh.launches)) * trainer.weighingFactor.value,
      fitScm: Math.max(learned(fitScm.flops), issued(fitScm.launches)),
      least,
    },
  };
}

function engineCosts(
  calibration: Extract<Calibration, { kind: "card" }>,
  choice: Choice,
  { prompt, decode, memory, promptTokens, maxNewTokens }: Operations,
  card: Card,
  peak: number,
): EngineCosts {
  const engine = named(calibration.engines, choice.engine, "--engine");
  const passes = engine.promptPasses.value;
  const launch = engine.launchSeconds.value;
  // Adapters learn on the weights that speak; sharded weights lie beside a whole copy that speaks.
  const learning = choice.update === "full" ? memory.learning : memory.learning - memory.sampling;
  const cacheTokens = {
    alone: (memory.usable - memory.sampling) / decode.cacheBytes,
    learning: learning / decode.cacheBytes,
  };
  if (cacheTokens.alone < promptTokens + maxNewTokens) {
    throw new ConfigError(`card: ${card.name} has no room for the weights and one utterance; take a larger one`);
  }
  return {
    batching: engine.batching,
    promptTokens,
    maxNewTokens,
    prompt: (prompt.flops / (peak * engine.productShare.value)) * passes,
    promptFloor: prompt.launches * launch * passes,
    weights: decode.weightBytes / (card.bandwidth * engine.bandwidthShare.value),
    cacheToken: decode.cacheBytes / (card.bandwidth * engine.bandwidthShare.value),
    row: decode.rowFlops / (peak * engine.productShare.value),
    issue: decode.launches * launch,
    issuesAhead: true,
    maxRows: engine.maxRows ?? Number.POSITIVE_INFINITY,
    cacheTokens,
  };
}

function measuredCosts(
  calibration: Extract<Calibration, { kind: "measured" }>,
  name: string,
  { algorithm, sampling }: Experiment,
  environment: EnvironmentKind,
): Pick<Costs, "engine" | "trainer" | "utteranceTokens" | "handOver"> {
  const engine = named(calibration.engines, name, "--engine");
  const { learnSeconds, weighSeconds, fitScmSeconds } = calibration.trainer;
  const unlimited = Number.POSITIVE_INFINITY;
  return {
    utteranceTokens: environment.utteranceTokens,
    // What was measured is one process, which has nothing to send.
    handOver: 0,
    engine: {
      batching: engine.batching,
      promptTokens: environment.promptTokens ?? 0,
      maxNewTokens: sampling.maxNewTokens,
      prompt: engine.promptSeconds.value,
      promptFloor: 0,
      weights: 0,
      cacheToken: 0,
      row: engine.rowSeconds.value,
      issue: engine.stepSeconds.value,
      issuesAhead: false,
      maxRows: engine.maxRows ?? unlimited,
      cacheTokens: { alone: unlimited, learning: 0 },
    },
    trainer: {
      learn: learnSeconds.value,
      passFloor: 0,
      microBatch: algorithm.microBatch,
      epochs: algorithm.kind === "ppo" ? algorithm.epochs : 1,
      optimiserStepsPerEpoch: calibration.optimiserStepsPerEpoch.value,
      gradients: 0,
      isSharded: false,
      gather: 0,
      weigh: weighSeconds.value,
      fitScm: fitScmSeconds.value,
      least: 1,
    },
  };
}
