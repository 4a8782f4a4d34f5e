import { z } from "zod";
import { parseKeyedAction } from "../../parsing/keyed-action.ts";
import type { ParseResult } from "../../parsing/parse.ts";
import { RandomStream } from "../../random.ts";
import type {
  Environment,
  EnvironmentDefinition,
  EnvironmentSpec,
  JsonValue,
  Observation,
  ResetRequest,
  RgbImage,
  StepResult,
} from "../environment.ts";
import { EpisodeState, readStart, readState, requireAction } from "../episode-state.ts";
import { generated } from "../generated.ts";
import { promptSetting } from "../prompt-setting.ts";
import { demonstrate, demonstrationQuality } from "./demonstrations.ts";
import { numberLineFrame } from "./frame.ts";
import { numberLinePrompt, PROMPT_NAMES } from "./prompts.ts";
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

const settings = z.strictObject({
  prompt: promptSetting(PROMPT_NAMES),
});
type NumberLineSettings = z.output<typeof settings>;

const line = z.int().min(0).max(LARGEST_NUMBER);
const savedState = z.strictObject({ current: line, target: line, steps: z.int().min(0).max(HORIZON) });
const startOptions = z
  .strictObject({ current: line.optional(), target: line.optional() })
  .refine(({ current, target }) => current === undefined || current !== target, {
    message: "current and target must differ",
  });

/**
 * Gym Cards' NumberLine: move the current number to the target by `-` and `+`.
 *
 * `reset` options: `current` and `target`, whole numbers 0–5 that differ; what is left out is drawn. It reports no
 * `success`: as in RL4VLM an episode succeeds when its return is positive, so that one wrong move fails it.
 */
export class NumberLine implements Environment<NumberLineAction> {
  readonly spec: EnvironmentSpec = {
    id: "numberline",
    horizon: HORIZON,
    showsImages: true,
    factors: [{ name: "action", labels: NUMBERLINE_ACTIONS }],
  };
  readonly #prompt: string;
  readonly #frameOf: (pair: NumberPair) => RgbImage;
  readonly #episode = new EpisodeState<NumberLineState>("numberline", (state) => hasReached(state) || isCutOff(state));

  constructor({ prompt }: NumberLineSettings, frameOf = numberLineFrame) {
    this.#prompt = numberLinePrompt(prompt);
    this.#frameOf = frameOf;
  }

  async reset({ seed, options = {} }: ResetRequest): Promise<Observation> {
    const pinned = readStart(startOptions, options, {
      id: "numberline",
      expected: `{current?, target?}, whole numbers 0–${LARGEST_NUMBER} that differ`,
    });
    const random = new RandomStream(seed);
    let start: NumberPair;
    do {
      const drawn = drawStart(random);
      start = { current: pinned.current ?? drawn.current, target: pinned.target ?? drawn.target };
    } while (hasReached(start));
    return this.#observe(this.#episode.enter({ ...start, steps: 0 }));
  }

  async step(action: NumberLineAction): Promise<StepResult> {
    const state = this.#episode.running();
    requireAction(action, NUMBERLINE_ACTIONS, this.spec.id);
    const { state: next, reward } = move(state, action);
    return {
      observation: this.#observe(this.#episode.enter(next)),
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
    return this.#observe(this.#episode.enter(readState(savedState, state, this.spec.id)));
  }

  #observe(state: NumberLineState): Observation {
    return { prompt: this.#prompt, image: this.#frameOf(state) };
  }
}

export const numberLine: EnvironmentDefinition<NumberLineAction, typeof settings, typeof demonstrationQuality> = {
  id: "numberline",
  summary: "Gym Cards: move a number to its target by - and +",
  settings,
  prompt: { names: PROMPT_NAMES, placeholders: {}, template: ({ prompt }) => numberLinePrompt(prompt) },
  create: (chosen) => new NumberLine(chosen),
  demonstrations: {
    quality: demonstrationQuality,
    generate: (count, random, { prompt }, quality) =>
      generated(count, () => demonstrate(random, numberLinePrompt(prompt), quality)),
  },
};
