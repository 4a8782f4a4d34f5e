import type { Agent, Answer } from "./agent.ts";
import type { Observation } from "./environments/environment.ts";
import type { Params } from "./protocol/messages.ts";
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
  /** V(s_t); NaN where the policy that learns reads utterances only when it learns from them. */
  readonly value: number;
  /** Number of tokens of the utterance, the end token included. */
  readonly tokenCount: number;
}

/** Who speaks: the present policy, or the one that an engine in a process of its own holds. */
export type Speaker = Params<"act">["policy"];

export interface PolicyDecoding {
  sampling: Sampling;
  /** Whether the likeliest token is taken instead of a draw. */
  greedy: boolean;
  /** The default is the present policy. */
  speaker?: Speaker;
}

/** The policy that `worker` holds. */
export function policyAgent(
  worker: Worker,
  { sampling, greedy, speaker: policy = "present" }: PolicyDecoding,
): Agent<PolicyAnswer> {
  return {
    async act(observations, { stepIds, seed }) {
      const { batch, frames, release } = packObservations(observations);
      const acted = await worker.call(
        "act",
        { observations: batch, stepIds: stepIds === null ? null : [...stepIds], ...sampling, greedy, seed, policy },
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

/** V(s) of each observation under the present policy. */
export async function valuesOf(worker: Worker, observations: readonly Observation[]): Promise<Float32Array> {
  if (observations.length === 0) return new Float32Array(0);
  const { batch, frames, release } = packObservations(observations);
  const { values } = await worker.call("values", { observations: batch }, { frames });
  release();
  return readFloat32(values);
}

function elementAt<T>(list: ArrayLike<T>, index: number): T {
  const element = list[index];
  if (element === undefined)
    throw new RangeError(`the worker answered for ${list.length} observations, not ${index + 1}`);
  return element;
}
