import type { RandomStream } from "../../random.ts";
import type { Card } from "../cards/card.ts";
import { drawCard, drawCardOf } from "./rules.ts";

/** The cards to come: first those of a given deck, then drawn without end. */
export class Shoe {
  readonly #random: RandomStream;
  readonly #deck: number[];

  /** `deck`: values 1–10 of the next cards, in drawing order. */
  constructor(random: RandomStream, deck: readonly number[]) {
    this.#random = random;
    this.#deck = [...deck];
  }

  draw(): Card {
    const value = this.#deck.shift();
    return value === undefined ? drawCard(this.#random) : drawCardOf(value, this.#random);
  }

  /** As JSON; a shoe made of both deals the same cards. */
  state(): { deck: readonly number[]; random: readonly number[] } {
    return { deck: [...this.#deck], random: [...this.#random.state()] };
  }
}
