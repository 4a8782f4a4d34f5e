import { EnvironmentError } from "../../errors.ts";

export const SUITS = ["H", "D", "C", "S"] as const;
export type Suit = (typeof SUITS)[number];

/** Rank letters of names, from rank 1 (ace) to 13 (king). */
const RANK_LETTERS = "A23456789TJQK";

export interface Card {
  readonly suit: Suit;
  /** 1 (ace) to 13 (king). */
  readonly rank: number;
}

/** The 52 cards, by suit and then by rank. */
export const ALL_CARDS: readonly Card[] = SUITS.flatMap((suit) =>
  [...RANK_LETTERS].map((_, index) => ({ suit, rank: index + 1 })),
);

/** The suit's letter, then that of the rank: `H7`, `ST`, `DA`. */
export function cardName({ suit, rank }: Card): string {
  return `${suit}${RANK_LETTERS.charAt(rank - 1)}`;
}

const cardsByName = new Map(ALL_CARDS.map((card) => [cardName(card), card]));

/** @throws EnvironmentError when `name` is not as {@link cardName} writes it. */
export function parseCard(name: string): Card {
  const card = cardsByName.get(name);
  if (card === undefined) {
    throw new EnvironmentError(
      `card: expected a suit (H, D, C or S), then a rank (A, 2–9, T, J, Q or K), such as "H7", ` +
        `got ${JSON.stringify(name)}`,
    );
  }
  return card;
}
