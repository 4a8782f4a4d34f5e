import { z } from "zod";
import { EnvironmentError } from "../../errors.ts";
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
  #state: ElevatorState | undefined;

  constructor({ prompt }: ElevatorSettings) {
    this.#prompt = elevatorPrompt(prompt);
  }

  async reset({ seed, options = {} }: ResetRequest): Promise<Observation> {
    const pinned = startOptions.safeParse(options);
    if (!pinned.success) {
      throw new EnvironmentError(
        `elevator options: expected {lift?, call?}, whole numbers 0–${TOP_FLOOR} that differ, got ` +
          `${JSON.stringify(options)}: ${z.prettifyError(pinned.error)}`,
      );
    }
    this.#state = { ...drawStart(new RandomStream(seed), pinned.data), steps: 0 };
    return this.#observe(this.#state);
  }

  async step(ride: Ride): Promise<StepResult> {
    const state = this.#running();
    if (!RIDES.includes(ride)) {
      throw new EnvironmentError(`elevator action: expected one of ${RIDES.join(", ")}, got ${JSON.stringify(ride)}`);
    }
    const { state: next, reward } = move(state, ride);
    this.#state = next;
    return {
      observation: this.#observe(next),
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
    return { ...this.#started() };
  }

  async restore(state: JsonValue): Promise<Observation> {
    const parsed = savedState.safeParse(state);
    if (!parsed.success) {
      throw new EnvironmentError(`elevator state: ${z.prettifyError(parsed.error)}, got ${JSON.stringify(state)}`);
    }
    this.#state = parsed.data;
    return this.#observe(parsed.data);
  }

  #started(): ElevatorState {
    if (this.#state === undefined) throw new EnvironmentError("elevator: no episode yet; call reset first");
    return this.#state;
  }

  #running(): ElevatorState {
    const state = this.#started();
    if (hasArrived(state) || isCutOff(state)) {
      throw new EnvironmentError("elevator: the episode is over; call reset first");
    }
    return state;
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
