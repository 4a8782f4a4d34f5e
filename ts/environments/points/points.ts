import { z } from "zod";
import { EnvironmentError } from "../../errors.ts";
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
 * hand has a solution, and so does an episode's `kind` where some have none. It reports no `success`: as in RL4VLM an episode succeeds when its return is positive.
 */
class Points implements Environment<PointsAction> {
  readonly spec: EnvironmentSpec;
  readonly #game: PointsGame;
  readonly #prompt: PointsSettings["prompt"];
  readonly #startOptions: z.ZodType<{ cards?: string[] }>;
  readonly #savedState: z.ZodType<Pick<PointsState, "formula" | "steps"> & { cards: string[] }>;
  #state: PointsState | undefined;

  constructor(game: PointsGame, { prompt }: PointsSettings) {
    this.#game = game;
    this.#prompt = prompt;
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
    const pinned = this.#startOptions.safeParse(options);
    if (!pinned.success) throw this.#refusal(options, z.prettifyError(pinned.error));
    const cards = pinned.data.cards?.map(parseCard) ?? this.#game.draw(new RandomStream(seed));
    if (!this.#game.allowsUnsolvable && !hasSolution(this.#game, cards)) {
      const { operators, target } = this.#game;
      throw this.#refusal(options, `these cards cannot make ${target} by ${operators.join(" or ")}`);
    }
    this.#state = { cards, formula: [], steps: 0 };
    return this.#observe(this.#state);
  }

  async step(action: PointsAction): Promise<StepResult> {
    const { id, actions } = this.#game;
    const state = this.#running();
    if (!actions.includes(action)) {
      throw new EnvironmentError(`${id} action: expected one of ${actions.join(" ")}, got ${JSON.stringify(action)}`);
    }
    const { state: next, reward } = play(this.#game, state, action);
    this.#state = next;
    const isSolvable = hasSolution(this.#game, next.cards);
    const isOver = hasEnded(next) || isCutOff(next);
    return {
      observation: this.#observe(next),
      reward,
      terminated: hasEnded(next),
      truncated: isCutOff(next),
      ...(isOver && this.#game.allowsUnsolvable && { kind: isSolvable ? "solvable" : "not solvable" }),
      info: { cards: next.cards.map(cardName), formula: formulaText(next.formula), isSolvable },
    };
  }

  parse(utterance: string): ParseResult<PointsAction> {
    return parseKeyedAction(utterance, this.#game.actions);
  }

  state(): JsonValue {
    const { cards, formula, steps } = this.#started();
    return { cards: cards.map(cardName), formula, steps };
  }

  async restore(state: JsonValue): Promise<Observation> {
    const parsed = this.#savedState.safeParse(state);
    if (!parsed.success) {
      throw new EnvironmentError(
        `${this.#game.id} state: ${z.prettifyError(parsed.error)}, got ${JSON.stringify(state)}`,
      );
    }
    this.#state = { ...parsed.data, cards: parsed.data.cards.map(parseCard) };
    return this.#observe(this.#state);
  }

  #refusal(options: unknown, reason: string): EnvironmentError {
    return new EnvironmentError(
      `${this.#game.id} options: expected {cards?}, ${this.#game.numCards} names such as "H7" or "ST", got ` +
        `${JSON.stringify(options)}: ${reason}`,
    );
  }

  #started(): PointsState {
    if (this.#state === undefined) throw new EnvironmentError(`${this.#game.id}: no episode yet; call reset first`);
    return this.#state;
  }

  #running(): PointsState {
    const state = this.#started();
    if (hasEnded(state) || isCutOff(state)) {
      throw new EnvironmentError(`${this.#game.id}: the episode is over; call reset first`);
    }
    return state;
  }

  #observe({ cards, formula }: PointsState): Observation {
    return { prompt: pointsPrompt(this.#prompt, this.#game, formula), image: pointsFrame(cards, formula) };
  }
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
