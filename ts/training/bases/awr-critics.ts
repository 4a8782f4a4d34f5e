import { monteCarloReturns } from "../../algorithms/awr.ts";
import type { AwrConfig } from "../../config/schema.ts";
import type { Metrics } from "../../protocol/messages/scalars.ts";
import type { Params } from "../../protocol/messages.ts";
import { readFloat32 } from "../../protocol/tensor.ts";
import type { Training } from "../training.ts";
import type { AwrPlan } from "./awr-plan.ts";
import { type ReplayEpisode, type ReplayState, rewardsOf, stateIdsOf } from "./replay.ts";

/** What the worker's critics are asked and taught: P(success) of states, and of instructions alone. */
export class AwrCritics {
  readonly #training: Pick<Training, "worker" | "streams" | "clock">;
  readonly #settings: NonNullable<AwrConfig["critics"]>;
  readonly #shared: Pick<AwrConfig, "gamma" | "maxGradNorm">;

  constructor(
    training: Pick<Training, "worker" | "streams" | "clock">,
    settings: NonNullable<AwrConfig["critics"]>,
    shared: Pick<AwrConfig, "gamma" | "maxGradNorm">,
  ) {
    this.#training = training;
    this.#settings = settings;
    this.#shared = shared;
  }

  /** Cross-entropy on whether the return from a step on is positive, and whether the whole episode's is. */
  async fit({ training, heldOut }: ReplayState, plan: AwrPlan): Promise<Metrics> {
    const { worker, streams } = this.#training;
    const { learningRate, batchSize, instructionBatchSize, microBatch } = this.#settings;
    const { maxGradNorm } = this.#shared;
    const { metrics } = await this.#measured(() =>
      worker.call("fitCritics", {
        episodes: training.map((episode) => this.#example(episode)),
        heldOut: heldOut.map((episode) => this.#example(episode)),
        states: { steps: plan.criticSteps, batchSize, learningRate, maxGradNorm },
        instructions: { steps: plan.instructionSteps, batchSize: instructionBatchSize, learningRate, maxGradNorm },
        microBatch,
        seed: streams.stream("critics").seed(),
      }),
    );
    return metrics;
  }

  /** P(success) of each episode's instruction. */
  async valueInstructions(episodes: readonly ReplayEpisode[]): Promise<Float32Array> {
    const instructions = episodes.map(({ instruction }) => instruction);
    const { microBatch } = this.#settings;
    const { values } = await this.#measured(() =>
      this.#training.worker.call("valueInstructions", { instructions, microBatch }),
    );
    return readFloat32(values);
  }

  /** V of each episode's T + 1 states. */
  async valueStates(episodes: readonly ReplayEpisode[]): Promise<Float32Array[]> {
    const { microBatch } = this.#settings;
    const { values } = await this.#measured(() =>
      this.#training.worker.call("valueStates", { episodes: episodes.map(stateIdsOf), microBatch }),
    );
    const all = readFloat32(values);
    let offset = 0;
    return episodes.map(({ steps }) => {
      const start = offset;
      offset += steps.length + 1;
      return all.subarray(start, offset);
    });
  }

  #example(episode: ReplayEpisode): Params<"fitCritics">["episodes"][number] {
    const returns = monteCarloReturns(rewardsOf(episode), this.#shared.gamma);
    return {
      instruction: episode.instruction,
      stateIds: stateIdsOf(episode),
      successes: returns.map((mcReturn) => mcReturn > 0),
    };
  }

  #measured<T>(work: () => Promise<T>): Promise<T> {
    return this.#training.clock.measure("critics", work);
  }
}
