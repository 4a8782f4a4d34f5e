import type { Answer } from "./agent.ts";
import type { StepResult } from "./environments/environment.ts";
import type { Interaction } from "./interaction.ts";
import { isJsonObject } from "./parsing/json-validity.ts";
import type { EpisodeOutcome } from "./trajectory.ts";

/** What has been counted of an episode that still runs; JSON, for checkpoints. */
export interface EpisodeTally {
  return: number;
  length: number;
  invalidUtterances: number;
  validJson: number;
}

export const emptyTally: Readonly<EpisodeTally> = { return: 0, length: 0, invalidUtterances: 0, validJson: 0 };

export function addToTally(tally: EpisodeTally, { utterance, parse, result }: Interaction<Answer>): EpisodeTally {
  return {
    return: tally.return + result.reward,
    length: tally.length + 1,
    invalidUtterances: tally.invalidUtterances + (parse.kind === "invalid" ? 1 : 0),
    validJson: tally.validJson + (isJsonObject(utterance) ? 1 : 0),
  };
}

/** Whether a step ended its episode, in whichever way. */
export function isOver({ terminated, truncated, fault }: StepResult): boolean {
  return terminated || truncated || fault !== undefined;
}

/** Where the environment cannot tell success itself, a positive return counts, as RL4VLM has it. */
export function hasSucceeded(toldByEnvironment: boolean | undefined, episodeReturn: number): boolean {
  return toldByEnvironment ?? episodeReturn > 0;
}

/** How the episode went, if `last` ended it; undefined while it runs. */
export function outcomeOf(
  tally: EpisodeTally,
  last: Interaction<Answer>,
  environment: number,
): EpisodeOutcome | undefined {
  if (!isOver(last.result)) return undefined;
  const { terminated, success, kind, fault } = last.result;
  return {
    environment,
    ...tally,
    success: fault === undefined && hasSucceeded(success, tally.return),
    ...(kind !== undefined && { kind }),
    ...(fault === undefined ? { ending: terminated ? "terminated" : "truncated" } : { ending: "fault", fault }),
  };
}

/** Those that came to an end of their own: what success, returns and lengths are told of. */
export function withoutFaults<Outcome extends Pick<EpisodeOutcome, "ending">>(outcomes: readonly Outcome[]): Outcome[] {
  return outcomes.filter(({ ending }) => ending !== "fault");
}
