import { z } from "zod";
import { parseKeyedAction } from "../../parsing/keyed-action.ts";
import type { ParseResult } from "../../parsing/parse.ts";
import { RandomStream } from "../../random.ts";
import { ALL_CARDS, cardName, parseCard } from "../cards/card.ts";
import type {
  Environment,
  EnvironmentDefinition,
  EnvironmentSpec,
  JsonValue,
  Observation,
  ResetRequest,
  StepResult,
} from "../environment.ts";
import { EpisodeState, readStart, readState, refusedStart, requireAction } from "../episode-state.ts";
import { generated } from "../generated.ts";
import { promptSetting } from "../prompt-setting.ts";
import { demonstrate, demonstrationQuality } from "./demonstrations.ts";
import { pointsFrame } from "./frame.ts";
import { formulaText, PLACEHOLDERS, PROMPT_NAMES, pointsPrompt, pointsTemplate } from "./prompts.ts";
import {
  BLANK,
  EZPOINTS,
  hasEnded,
  hasSolution,
  horizonOf,
  isCutOff,
  POINTS24,
  type PointsAction,
  type PointsGame,
  type PointsState,
  play,
} from "./rules.ts";

const settings = z.strictObject({
  prompt: promptSetting(PROMPT_NAMES, PLACEHOLDERS),
});
type PointsSettings = z.output<typeof settings>;

const cardNames = z.enum(ALL_CARDS.map(cardName));

/**
 * Gym Cards' EZPoints and Points24: write a formula, an element a step, that makes the target of all cards.
 *
 * `reset` options: `cards`, all of them by name, such as `["H7", "ST"]`; drawn where left out. `info` tells whether the
 * hand has a solution, and so does an episode's `kind` where some have none. It reports no `success`: as in RL4VLM an
 * episode succeeds when its return is positive.
 */
class Points implements Environment<PointsAction> {
  readonly spec: EnvironmentSpec;
  readonly #game: PointsGame;
  readonly #prompt: PointsSettings["prompt"];
  readonly #startOptions: z.ZodType<{ cards?: string[] }>;
  readonly #savedState: z.ZodType<Pick<PointsState, "formula" | "steps"> & { cards: string[] }>;
  readonly #episode: EpisodeState<PointsState>;

  constructor(game: PointsGame, { prompt }: PointsSettings) {
    this.#game = game;
    this.#prompt = prompt;
    this.#episode = new EpisodeState(game.id, hasStopped);
    this.spec = {
      id: game.id,
      horizon: horizonOf(game),
      showsImages: true,
      factors: [{ name: "action", labels: game.actions }],
    };
    const cards = z.array(cardNames).length(game.numCards);
    this.#startOptions = z.strictObject({ cards: cards.exactOptional() });
    this.#savedState = z
      .strictObject({
        cards,
        formula: z.array(z.enum([...game.actions, BLANK])).max(game.formulaLimit + 1),
        steps: z.int().min(0),
      })
      .refine(
        ({ formula, steps }) =>
          steps === formula.length || (steps === this.spec.horizon && steps === formula.length + 1),
        {
          message: "steps must be the number of the formula's elements, or one more when it was cut off",
        },
      );
  }

  async reset({ seed, options = {} }: ResetRequest): Promise<Observation> {
    const { id, numCards, allowsUnsolvable, operators, target } = this.#game;
    const start = { id, expected: `{cards?}, ${numCards} names such as "H7" or "ST"` };
    const pinned = readStart(this.#startOptions, options, start);
    const cards = pinned.cards?.map(parseCard) ?? this.#game.draw(new RandomStream(seed));
    if (!allowsUnsolvable && !hasSolution(this.#game, cards)) {
      throw refusedStart(options, `these cards cannot make ${target} by ${operators.join(" or ")}`, start);
    }
    return this.#observe(this.#episode.enter({ cards, formula: [], steps: 0 }));
  }

  async step(action: PointsAction): Promise<StepResult> {
    const state = this.#episode.running();
    requireAction(action, this.#game.actions, this.#game.id);
    const { state: next, reward } = play(this.#game, state, action);
    const isSolvable = hasSolution(this.#game, next.cards);
    return {
      observation: this.#observe(this.#episode.enter(next)),
      reward,
      terminated: hasEnded(next),
      truncated: isCutOff(next),
      ...(hasStopped(next) && this.#game.allowsUnsolvable && { kind: isSolvable ? "solvable" : "not solvable" }),
      info: { cards: next.cards.map(cardName), formula: formulaText(next.formula), isSolvable },
    };
  }

  parse(utterance: string): ParseResult<PointsAction> {
    return parseKeyedAction(utterance, this.#game.actions);
  }

  state(): JsonValue {
    const { cards, formula, steps } = this.#episode.current();
    return { cards: cards.map(cardName), formula, steps };
  }

  async restore(state: JsonValue): Promise<Observation> {
    const saved = readState(this.#savedState, state, this.#game.id);
    return this.#observe(this.#episode.enter({ ...saved, cards: saved.cards.map(parseCard) }));
  }

  #observe({ cards, formula }: PointsState): Observation {
    return { prompt: pointsPrompt(this.#prompt, this.#game, formula), image: pointsFrame(cards, formula) };
  }
}

function hasStopped(state: PointsState): boolean {
  return hasEnded(state) || isCutOff(state);
}

function definitionOf(
  game: PointsGame,
  summary: string,
): EnvironmentDefinition<PointsAction, typeof settings, typeof demonstrationQuality> {
  return {
    id: game.id,
    summary,
    settings,
    prompt: {
      names: PROMPT_NAMES,
      placeholders: PLACEHOLDERS,
      template: ({ prompt }) => pointsTemplate(prompt, game),
    },
    create: (chosen) => new Points(game, chosen),
    demonstrations: {
      quality: demonstrationQuality,
      generate: (count, random, { prompt }, quality) =>
        generated(count, () => demonstrate(game, random, prompt, quality)),
    },
  };
}

export const ezPoints = definitionOf(EZPOINTS, "Gym Cards: make 12 of two cards by + or *");
export const points24 = definitionOf(POINTS24, "Gym Cards: make 24 of four cards by a formula");
