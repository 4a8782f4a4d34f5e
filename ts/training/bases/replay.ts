import { z } from "zod";
import { RunFolderError } from "../../errors.ts";
import type { ParsedAction } from "../../parsing/parse.ts";
import type { Spoken, Trajectory } from "../../trajectory.ts";

/** A step of an episode that is remembered. The worker keeps its tokens and its image, by `id`. */
export interface ReplayStep {
  readonly id: number;
  readonly reward: number;
  /** What f^parse reads; null for an utterance that parses to no action, from which the policy does not learn. */
  readonly spoken: (Spoken & { readonly parse: ParsedAction }) | null;
}

export interface ReplayEpisode {
  /** The first prompt. */
  readonly instruction: string;
  readonly steps: readonly ReplayStep[];
  /** The worker's name for what lies behind the last step. */
  readonly nextId: number;
}

/** What is remembered: to learn from, and to measure critics on. Oldest first; JSON, for checkpoints. */
export interface ReplayState {
  readonly training: readonly ReplayEpisode[];
  readonly heldOut: readonly ReplayEpisode[];
}

export const emptyReplay: ReplayState = { training: [], heldOut: [] };

/** Whether the episode came to an end of its own, rather than its environment breaking down. */
export function isWhole({ steps }: Trajectory): boolean {
  const last = steps.at(-1);
  return last !== undefined && (last.terminated || last.truncated);
}

export function replayEpisode({ steps }: Trajectory, nextId: number): ReplayEpisode {
  return {
    instruction: steps[0]?.observation.prompt ?? "",
    steps: steps.map(({ id, reward, utterance, parse, observation: { image: _, ...read } }) => ({
      id,
      reward,
      spoken:
        parse.kind === "invalid"
          ? null
          : // Pixels stay with the worker: f^parse reads texts.
            { id, utterance, parse, observation: read },
    })),
    nextId,
  };
}

export function numSteps(episodes: readonly ReplayEpisode[]): number {
  return episodes.reduce((total, { steps }) => total + steps.length, 0);
}

export function rewardsOf({ steps }: ReplayEpisode): number[] {
  return steps.map(({ reward }) => reward);
}

/** All names under which the worker keeps the episode, state by state. */
export function stateIdsOf({ steps, nextId }: ReplayEpisode): number[] {
  return [...steps.map(({ id }) => id), nextId];
}

/** The newest episodes with at most `capacity` steps together, but never fewer than one, and those that had to go. */
export function withinCapacity(
  episodes: readonly ReplayEpisode[],
  capacity: number,
): { readonly kept: readonly ReplayEpisode[]; readonly evicted: readonly ReplayEpisode[] } {
  let first = 0;
  let total = numSteps(episodes);
  while (total > capacity && first < episodes.length - 1) {
    total -= episodes[first]?.steps.length ?? 0;
    first += 1;
  }
  return { kept: episodes.slice(first), evicted: episodes.slice(0, first) };
}

const count = z.int().min(0);
const episode = z.strictObject({
  instruction: z.string(),
  steps: z.array(z.strictObject({ id: count, reward: z.number(), spoken: z.looseObject({ id: count }).nullable() })),
  nextId: count,
});
const replayState = z.strictObject({ training: z.array(episode), heldOut: z.array(episode) });

/** What a checkpoint holds; what f^parse wrote is its to read. @throws RunFolderError when it is damaged. */
export function readReplay(saved: unknown): ReplayState {
  const result = replayState.safeParse(saved);
  if (result.success) return result.data as unknown as ReplayState;
  throw new RunFolderError(`the checkpoint's replay is damaged:\n${z.prettifyError(result.error)}`);
}
