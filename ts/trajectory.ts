import type { Observation } from "./environments/environment.ts";
import type { ParseResult } from "./parsing/parse.ts";

/** One interaction: s_t, y_t, a_t, r_t. The observation's image and the utterance's tokens stay with the worker, by `id`. */
export interface Step {
  /** Unique within a run; the worker's name for the tokens, log-probs and image of this step. */
  id: number;
  observation: Observation;
  utterance: string;
  parse: ParseResult;
  /** What was executed: the parsed action, or the fallback of an invalid utterance. */
  action: unknown;
  reward: number;
  terminated: boolean;
  truncated: boolean;
  /** V(s_t) of the policy that acted; NaN where the one that learns is still to be asked. */
  value: number;
  /** Number of tokens of the utterance, the end token included. */
  tokenCount: number;
}

/** A step as far as it is known before its environment answers; the worker keeps it by its id. */
export type Spoken = Readonly<Pick<Step, "id" | "observation" | "utterance" | "parse">>;

/** A stretch of consecutive steps of one environment that lies within one episode. */
export interface Trajectory {
  environment: number;
  steps: Step[];
  /** What the environment showed after the last step, however the trajectory ended. */
  next: Observation;
}

/** How an episode went, for success rates and curves. */
export interface EpisodeOutcome {
  environment: number;
  /** Sum of rewards. */
  return: number;
  length: number;
  success: boolean;
  /** What the environment calls episodes of this kind, if it tells kinds apart. */
  kind?: string;
  /** `fault`: the environment broke down; `success` says nothing then. */
  ending: "terminated" | "truncated" | "fault";
  /** What broke down. */
  fault?: string;
  invalidUtterances: number;
  /** Utterances that are one valid JSON object. */
  validJson: number;
}
