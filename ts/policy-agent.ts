import type { Agent, Answer } from "./agent.ts";
import type { Observation } from "./environments/environment.ts";
import { readFloat32 } from "./protocol/tensor.ts";
import { packObservations } from "./worker/observations.ts";
import type { Worker } from "./worker/worker.ts";

/** How utterances are drawn. */
export interface Sampling {
  temperature: number;
  /** Longest utterance, in tokens. */
  maxNewTokens: number;
}

/** What the worker's policy tells of an utterance. */
export interface PolicyAnswer extends Answer {
  /** V(s_t) */
  readonly value: number;
  /** Number of tokens of the utterance, the end token included. */
  readonly tokenCount: number;
}

export interface PolicyDecoding {
  sampling: Sampling;
  /** Whether the likeliest token is taken instead of a draw. */
  greedy: boolean;
}

/** The policy that `worker` holds. */
export function policyAgent(worker: Worker, { sampling, greedy }: PolicyDecoding): Agent<PolicyAnswer> {
  return {
    async act(observations, { stepIds, seed }) {
      const { batch, frames, release } = packObservations(observations);
      const acted = await worker.call(
        "act",
        { observations: batch, stepIds: stepIds === null ? null : [...stepIds], ...sampling, greedy, seed },
        { frames },
      );
      release();
      const values = readFloat32(acted.values);
      return observations.map((_, index) => ({
        utterance: elementAt(acted.utterances, index),
        isFinished: elementAt(acted.finished, index),
        value: elementAt(values, index),
        tokenCount: elementAt(acted.tokenCounts, index),
      }));
    },
  };
}

/**
 * V(s) of each observation under the present policy. The wire has no message for values alone: one greedy token is
 * asked for and dropped, whose only cost is the pass over the prompt that a value needs anyway.
 */
export async function valuesOf(worker: Worker, observations: readonly Observation[]): Promise<Float32Array> {
  if (observations.length === 0) return new Float32Array(0);
  const { batch, frames, release } = packObservations(observations);
  const acted = await worker.call(
    "act",
    { observations: batch, stepIds: null, temperature: 1, greedy: true, maxNewTokens: 1, seed: 0 },
    { frames },
  );
  release();
  return readFloat32(acted.values);
}

function elementAt<T>(list: ArrayLike<T>, index: number): T {
  const element = list[index];
  if (element === undefined)
    throw new RangeError(`the worker answered for ${list.length} observations, not ${index + 1}`);
  return element;
}
