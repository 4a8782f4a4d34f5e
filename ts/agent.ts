import type { Observation } from "./environments/environment.ts";

/** Whatever says an utterance for an observation: the worker's policy, or a model behind an HTTP endpoint. */
export interface Agent<A extends Answer = Answer> {
  /** y_t ~ π(·|s_t) for each observation, in their order. */
  act(observations: readonly Observation[], request: ActRequest): Promise<readonly A[]>;
}

/** What every agent tells of an utterance. */
export interface Answer {
  readonly utterance: string;
  /** Whether the utterance ended by itself, before the token limit. */
  readonly isFinished: boolean;
}

export interface ActRequest {
  /** Names to keep the steps under, for an agent that learns from them; null keeps nothing. */
  readonly stepIds: readonly number[] | null;
  /** Decides the utterances of an agent that draws them itself. */
  readonly seed: number;
}
