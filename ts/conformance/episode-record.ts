import { createHash } from "node:crypto";
import type { Environment, JsonValue, Observation, ResetRequest, StepResult } from "../environments/environment.ts";
import { RandomStream } from "../random.ts";

export type ChooseAction = (observation: Observation, random: RandomStream) => unknown;

/** What an agent sees, with its pixels as a hash: chai compares long buffers slowly. */
export type ObservationRecord = ReturnType<typeof recordObservation>;
export type StepRecord = Omit<StepResult, "observation"> & { action: unknown; observation: ObservationRecord };

export interface EpisodeRecord {
  first: ObservationRecord;
  steps: StepRecord[];
  /** `state()` as JSON text, after the reset and after every step. */
  states: string[];
  /** Every observation as it was handed out, for what may have become of it since. */
  observations: Observation[];
}

export function recordObservation({ prompt, admissible, elements, image }: Observation) {
  return {
    prompt,
    admissible,
    elements,
    image: image && { width: image.width, height: image.height, hash: hash(image.rgb) },
  };
}

/** Resets and plays to the end, or for one step more than the horizon allows. */
export async function playEpisode(
  environment: Environment,
  choose: ChooseAction,
  { actionSeed = 0, ...request }: ResetRequest & { actionSeed?: number },
): Promise<EpisodeRecord> {
  const random = new RandomStream(actionSeed);
  let observation = await environment.reset(request);
  const states = [saved(environment)];
  const observations = [observation];
  const steps: StepRecord[] = [];
  while (steps.length <= environment.spec.horizon) {
    const step = await recordedStep(environment, choose(observation, random));
    observation = step.raw;
    observations.push(observation);
    states.push(saved(environment));
    steps.push(step.record);
    if (step.record.terminated || step.record.truncated) break;
  }
  return { first: recordObservation(observations[0] as Observation), steps, states, observations };
}

export async function recordedStep(
  environment: Environment,
  action: unknown,
): Promise<{ raw: Observation; record: StepRecord }> {
  const { observation, ...rest } = await environment.step(action);
  return { raw: observation, record: { ...rest, action, observation: recordObservation(observation) } };
}

/** Reads what {@link EpisodeRecord.states} holds. */
export function stateFrom(text: string): JsonValue {
  return JSON.parse(text) as JsonValue;
}

function saved(environment: Environment): string {
  return JSON.stringify(environment.state());
}

function hash(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
