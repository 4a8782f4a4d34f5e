import { z } from "zod";
import { parseKeyedAction } from "../../parsing/keyed-action.ts";
import type { ParseResult } from "../../parsing/parse.ts";
import { RandomStream } from "../../random.ts";
import type { Environment, EnvironmentSpec, JsonValue, Observation, ResetRequest, StepResult } from "../environment.ts";
import { EpisodeState, readStart, readState, requireAction } from "../episode-state.ts";
import {
  drawStart,
  HORIZON,
  hasReached,
  isCutOff,
  LARGEST_NUMBER,
  move,
  NUMBERLINE_ACTIONS,
  type NumberLineAction,
  type NumberLineState,
  type NumberPair,
} from "./rules.ts";

const line = z.int().min(0).max(LARGEST_NUMBER);
const savedState = z.strictObject({ current: line, target: line, steps: z.int().min(0).max(HORIZON) });
const startOptions = z
  .strictObject({ current: line.optional(), target: line.optional() })
  .refine(({ current, target }) => current === undefined || current !== target, {
    message: "current and target must differ",
  });

/** What an agent is shown of the two numbers. */
export type ShowNumbers = (pair: NumberPair) => Observation;

/**
 * Gym Cards' NumberLine: move the current number to the target by `-` and `+`.
 *
 * `reset` options: `current` and `target`, whole numbers 0–5 that differ; what is left out is drawn. It reports no
 * `success`: as in RL4VLM an episode succeeds when its return is positive, so that one wrong move fails it.
 */
export class NumberLineGame implements Environment<NumberLineAction> {
  readonly spec: EnvironmentSpec;
  readonly #show: ShowNumbers;
  readonly #episode: EpisodeState<NumberLineState>;

  constructor(how: Pick<EnvironmentSpec, "id" | "showsImages">, show: ShowNumbers) {
    this.spec = { ...how, horizon: HORIZON, factors: [{ name: "action", labels: NUMBERLINE_ACTIONS }] };
    this.#show = show;
    this.#episode = new EpisodeState(how.id, (state) => hasReached(state) || isCutOff(state));
  }

  async reset({ seed, options = {} }: ResetRequest): Promise<Observation> {
    const pinned = readStart(startOptions, options, {
      id: this.spec.id,
      expected: `{current?, target?}, whole numbers 0–${LARGEST_NUMBER} that differ`,
    });
    const random = new RandomStream(seed);
    let start: NumberPair;
    do {
      const drawn = drawStart(random);
      start = { current: pinned.current ?? drawn.current, target: pinned.target ?? drawn.target };
    } while (hasReached(start));
    return this.#show(this.#episode.enter({ ...start, steps: 0 }));
  }

  async step(action: NumberLineAction): Promise<StepResult> {
    const state = this.#episode.running();
    requireAction(action, NUMBERLINE_ACTIONS, this.spec.id);
    const { state: next, reward } = move(state, action);
    return {
      observation: this.#show(this.#episode.enter(next)),
      reward,
      terminated: hasReached(next),
      truncated: isCutOff(next),
      info: { current: next.current, target: next.target },
    };
  }

  parse(utterance: string): ParseResult<NumberLineAction> {
    return parseKeyedAction(utterance, NUMBERLINE_ACTIONS);
  }

  state(): JsonValue {
    return { ...this.#episode.current() };
  }

  async restore(state: JsonValue): Promise<Observation> {
    return this.#show(this.#episode.enter(readState(savedState, state, this.spec.id)));
  }
}
