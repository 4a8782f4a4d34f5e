import type { Environment, Observation, StepResult } from "./environments/environment.ts";
import type { ParseResult } from "./parsing/parse.ts";
import { readFloat32 } from "./protocol/tensor.ts";
import type { RandomStream } from "./random.ts";
import { packObservations } from "./worker/observations.ts";
import type { Worker } from "./worker/worker.ts";

/** How utterances are drawn. */
export interface Sampling {
  temperature: number;
  /** Longest utterance, in tokens. */
  maxNewTokens: number;
}

/** An environment and what its agent is looking at. */
export interface Seat {
  readonly environment: Environment;
  observation: Observation;
}

export interface InteractionRequest {
  sampling: Sampling;
  greedy: boolean;
  /** Names to keep the steps under in the worker; null keeps nothing. */
  stepIds: readonly number[] | null;
  /** Decides the utterances. */
  seed: number;
  /** Decides the actions executed for utterances that parse to none. */
  fallback: RandomStream;
}

/** s_t, y_t and a_t of one seat. */
export interface Decision {
  observation: Observation;
  utterance: string;
  parse: ParseResult;
  action: unknown;
  /** V(s_t) */
  value: number;
  tokenCount: number;
  /** Whether the utterance ended by itself, before the token limit. */
  isFinished: boolean;
}

/** A decision and what came of it: r_t and s_{t+1}. */
export interface Interaction extends Decision {
  result: StepResult;
}

/** One time step of every seat (Algorithm 1, lines 7–9). */
export async function interact(
  worker: Worker,
  seats: readonly Seat[],
  request: InteractionRequest,
): Promise<Interaction[]> {
  return execute(seats, await decide(worker, seats, request));
}

/** y_t ~ π(·|s_t), a_t = f^parse(y_t). The environments stay where they are. */
export async function decide(worker: Worker, seats: readonly Seat[], request: InteractionRequest): Promise<Decision[]> {
  const observations = seats.map(({ observation }) => observation);
  const { batch, frames, release } = packObservations(observations);
  const acted = await worker.call(
    "act",
    {
      observations: batch,
      stepIds: request.stepIds === null ? null : [...request.stepIds],
      ...request.sampling,
      greedy: request.greedy,
      seed: request.seed,
    },
    { frames },
  );
  release();
  const values = readFloat32(acted.values);
  // Fallbacks are drawn seat by seat before anything is awaited, so that their order never depends on timing.
  return seats.map(({ environment, observation }, seat) => {
    const utterance = elementAt(acted.utterances, seat);
    const parse = environment.parse(utterance, observation);
    return {
      observation,
      utterance,
      parse,
      action: executedAction(parse, request.fallback),
      value: elementAt(values, seat),
      tokenCount: elementAt(acted.tokenCounts, seat),
      isFinished: elementAt(acted.finished, seat),
    };
  });
}

/** env.step(a_t) of every seat, all at once. */
export function execute(seats: readonly Seat[], decisions: readonly Decision[]): Promise<Interaction[]> {
  return Promise.all(
    seats.map(async ({ environment }, seat) => {
      const decision = elementAt(decisions, seat);
      return { ...decision, result: await environment.step(decision.action) };
    }),
  );
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

/** The parsed action, or what stands in for it. */
function executedAction(parse: ParseResult, fallback: RandomStream): unknown {
  if (parse.kind === "action") return parse.action;
  switch (parse.fallback.kind) {
    case "random":
      return fallback.pick(parse.fallback.among);
    case "fixed":
      return parse.fallback.action;
  }
}

function elementAt<T>(list: ArrayLike<T>, index: number): T {
  const element = list[index];
  if (element === undefined)
    throw new RangeError(`the worker answered for ${list.length} observations, not ${index + 1}`);
  return element;
}
