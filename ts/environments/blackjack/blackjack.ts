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
import { EpisodeState, readStart, readState, requireAction } from "../episode-state.ts";
import { promptSetting } from "../prompt-setting.ts";
import { demonstrate, demonstrationQuality } from "./demonstrations.ts";
import { blackjackFrame } from "./frame.ts";
import { blackjackPrompt, PROMPT_NAMES } from "./prompts.ts";
import {
  BLACKJACK_ACTIONS,
  type BlackjackAction,
  type BlackjackState,
  countHand,
  deal,
  HORIZON,
  isOver,
  play,
} from "./rules.ts";
import { Shoe } from "./shoe.ts";

const settings = z.strictObject({
  prompt: promptSetting(PROMPT_NAMES),
});
type BlackjackSettings = z.output<typeof settings>;

const values = z.array(z.int().min(1).max(10));
const startOptions = z.strictObject({ deck: values.default([]) });
const hand = z.array(z.enum(ALL_CARDS.map(cardName))).min(2);
const savedState = z.strictObject({
  dealer: hand,
  player: hand,
  hasStood: z.boolean(),
  /** Values still to be dealt before cards are drawn. */
  deck: values,
  random: z.array(z.int()).length(new RandomStream(0).state().length),
});

interface Game {
  readonly state: BlackjackState;
  readonly shoe: Shoe;
}

/**
 * Gym Cards' Blackjack: an endless deck, no doubling, splitting or bonus for a natural.
 *
 * `reset` options: `deck`, values 1–10 in drawing order (the dealer's two, the player's two, then as drawn); when it is
 * used up cards are drawn. It reports no `success`: as in RL4VLM an episode succeeds when its return is positive, so
 * that a draw is none.
 */
class Blackjack implements Environment<BlackjackAction> {
  readonly spec: EnvironmentSpec = {
    id: "blackjack",
    horizon: HORIZON,
    showsImages: true,
    factors: [{ name: "action", labels: BLACKJACK_ACTIONS }],
  };
  readonly #prompt: string;
  readonly #episode = new EpisodeState<Game>("blackjack", ({ state }) => isOver(state));

  constructor({ prompt }: BlackjackSettings) {
    this.#prompt = blackjackPrompt(prompt);
  }

  async reset({ seed, options = {} }: ResetRequest): Promise<Observation> {
    const { deck } = readStart(startOptions, options, {
      id: "blackjack",
      expected: "{deck?}, a list of values 1–10 in drawing order",
    });
    const shoe = new Shoe(new RandomStream(seed), deck);
    return this.#observe(this.#episode.enter({ state: deal(() => shoe.draw()), shoe }));
  }

  async step(action: BlackjackAction): Promise<StepResult> {
    const { state, shoe } = this.#episode.running();
    requireAction(action, BLACKJACK_ACTIONS, this.spec.id);
    const { state: next, reward } = play(state, action, () => shoe.draw());
    return {
      observation: this.#observe(this.#episode.enter({ state: next, shoe })),
      reward,
      terminated: isOver(next),
      truncated: false,
      info: { dealer: countHand(next.dealer).total, player: countHand(next.player).total },
    };
  }

  parse(utterance: string): ParseResult<BlackjackAction> {
    return parseKeyedAction(utterance, BLACKJACK_ACTIONS);
  }

  state(): JsonValue {
    const { state, shoe } = this.#episode.current();
    const { dealer, player, hasStood } = state;
    return { dealer: dealer.map(cardName), player: player.map(cardName), hasStood, ...shoe.state() };
  }

  async restore(state: JsonValue): Promise<Observation> {
    const { dealer, player, hasStood, deck, random: words } = readState(savedState, state, this.spec.id);
    const random = new RandomStream(0);
    random.restore(words);
    const restored = { dealer: dealer.map(parseCard), player: player.map(parseCard), hasStood };
    return this.#observe(this.#episode.enter({ state: restored, shoe: new Shoe(random, deck) }));
  }

  #observe({ state }: Game): Observation {
    return { prompt: this.#prompt, image: blackjackFrame(state) };
  }
}

export const blackjack: EnvironmentDefinition<BlackjackAction, typeof settings, typeof demonstrationQuality> = {
  id: "blackjack",
  summary: "Gym Cards: stand or hit, closer to 21 than the dealer",
  settings,
  prompt: { names: PROMPT_NAMES, placeholders: {}, template: ({ prompt }) => blackjackPrompt(prompt) },
  create: (chosen) => new Blackjack(chosen),
  demonstrations: {
    quality: demonstrationQuality,
    generate: (count, random, { prompt }, quality) => demonstrate(count, random, blackjackPrompt(prompt), quality),
  },
};
