import { z } from "zod";
import type { ParseResult } from "../../parsing/parse.ts";
import { parsePlannedRide, RIDE_FACTORS, RIDES, type Ride } from "../../parsing/planned-ride.ts";
import { RandomStream } from "../../random.ts";
import type {
  Environment,
  EnvironmentDefinition,
  EnvironmentSpec,
  JsonValue,
  Observation,
  ResetRequest,
  StepResult,
} from "../environment.ts";
import { EpisodeState, readStart, readState, requireAction } from "../episode-state.ts";
import { generated } from "../generated.ts";
import { promptSetting } from "../prompt-setting.ts";
import { demonstrate, demonstrationQuality } from "./demonstrations.ts";
import { elevatorFrame } from "./frame.ts";
import { elevatorPrompt, PROMPT_NAMES } from "./prompts.ts";
import { drawStart, type ElevatorState, HORIZON, hasArrived, isCutOff, move, TOP_FLOOR } from "./rules.ts";

const settings = z.strictObject({
  prompt: promptSetting(PROMPT_NAMES),
});
type ElevatorSettings = z.output<typeof settings>;

const floor = z.int().min(0).max(TOP_FLOOR);
const savedState = z.strictObject({ lift: floor, call: floor, steps: z.int().min(0).max(HORIZON) });
const startOptions = z
  .strictObject({ lift: floor.exactOptional(), call: floor.exactOptional() })
  .refine(({ lift, call }) => lift === undefined || lift !== call, { message: "lift and call must differ" });

/**
 * A lift and a call from another floor. The plan decides, the action says only `go`: what is written before the action,
 * which RL4VLM's split counts as thought, has to be right.
 *
 * Actions are `up 1` … `up 5`, `down 1` … `down 5` and `wait`. `reset` options: `lift` and `call`, whole numbers 0–5
 * that differ; what is left out is drawn. It reports no `success`: as in NumberLine an episode succeeds when its return
 * is positive, so that one step which does not bring the lift nearer fails it.
 */
class Elevator implements Environment<Ride> {
  readonly spec: EnvironmentSpec = { id: "elevator", horizon: HORIZON, showsImages: true, factors: RIDE_FACTORS };
  readonly #prompt: string;
  readonly #episode = new EpisodeState<ElevatorState>("elevator", (state) => hasArrived(state) || isCutOff(state));

  constructor({ prompt }: ElevatorSettings) {
    this.#prompt = elevatorPrompt(prompt);
  }

  async reset({ seed, options = {} }: ResetRequest): Promise<Observation> {
    const pinned = readStart(startOptions, options, {
      id: "elevator",
      expected: `{lift?, call?}, whole numbers 0–${TOP_FLOOR} that differ`,
    });
    return this.#observe(this.#episode.enter({ ...drawStart(new RandomStream(seed), pinned), steps: 0 }));
  }

  async step(ride: Ride): Promise<StepResult> {
    const state = this.#episode.running();
    requireAction(ride, RIDES, this.spec.id);
    const { state: next, reward } = move(state, ride);
    return {
      observation: this.#observe(this.#episode.enter(next)),
      reward,
      terminated: hasArrived(next),
      truncated: isCutOff(next),
      info: { lift: next.lift, call: next.call },
    };
  }

  parse(utterance: string): ParseResult<Ride> {
    return parsePlannedRide(utterance);
  }

  state(): JsonValue {
    return { ...this.#episode.current() };
  }

  async restore(state: JsonValue): Promise<Observation> {
    return this.#observe(this.#episode.enter(readState(savedState, state, this.spec.id)));
  }

  #observe(state: ElevatorState): Observation {
    return { prompt: this.#prompt, image: elevatorFrame(state) };
  }
}

export const elevator: EnvironmentDefinition<Ride, typeof settings, typeof demonstrationQuality> = {
  id: "elevator",
  summary: "bring a lift to a call; the plan in the utterance says how",
  settings,
  prompt: { names: PROMPT_NAMES, placeholders: {}, template: ({ prompt }) => elevatorPrompt(prompt) },
  create: (chosen) => new Elevator(chosen),
  demonstrations: {
    quality: demonstrationQuality,
    generate: (count, random, { prompt }, quality) =>
      generated(count, () => demonstrate(random, elevatorPrompt(prompt), quality)),
  },
};
