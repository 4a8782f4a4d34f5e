import type { RandomStream } from "../../random.ts";
import { ALL_CARDS, type Card, SUITS } from "../cards/card.ts";

/** No hand outlasts it: every card counts at least 1, so that the twentieth further card takes two aces past 21. */
export const HORIZON = 20;
const LIMIT = 21;
const DEALER_DRAWS_BELOW = 17;
const ACE_BONUS = 10;

export const BLACKJACK_ACTIONS = ["stand", "hit"] as const;
export type BlackjackAction = (typeof BLACKJACK_ACTIONS)[number];

/** An episode in progress; it is over exactly when {@link isOver}. */
export interface BlackjackState {
  /** The first is shown, the second hidden until the end. */
  readonly dealer: readonly Card[];
  readonly player: readonly Card[];
  readonly hasStood: boolean;
}

export interface HandCount {
  /** With one ace as 11 where that does not bust. */
  readonly total: number;
  /** Whether an ace counts 11. */
  readonly isSoft: boolean;
}

/** Deals one card. */
export type Draw = () => Card;

/** 1 (ace) to 10; T, J, Q and K all count 10. */
export function cardValue({ rank }: Card): number {
  return Math.min(rank, 10);
}

export function countHand(cards: readonly Card[]): HandCount {
  const hard = cards.reduce((sum, card) => sum + cardValue(card), 0);
  const isSoft = cards.some(({ rank }) => rank === 1) && hard + ACE_BONUS <= LIMIT;
  return { total: isSoft ? hard + ACE_BONUS : hard, isSoft };
}

/** A card of an endless deck, in which 10 is four times as likely as any other value. */
export function drawCard(random: RandomStream): Card {
  return random.pick(ALL_CARDS);
}

/** A card of `value` 1–10; its suit, and which of T, J, Q and K it is, decide nothing and are drawn. */
export function drawCardOf(value: number, random: RandomStream): Card {
  return { suit: random.pick(SUITS), rank: value === 10 ? random.int(10, 13) : value };
}

/** Two cards for the dealer, then two for the player. */
export function deal(draw: Draw): BlackjackState {
  return { dealer: [draw(), draw()], player: [draw(), draw()], hasStood: false };
}

/** One action: `hit` draws for the player, `stand` lets the dealer draw below 17 and compares. */
export function play(
  state: BlackjackState,
  action: BlackjackAction,
  draw: Draw,
): { state: BlackjackState; reward: number } {
  if (action === "hit") {
    const next = { ...state, player: [...state.player, draw()] };
    return { state: next, reward: isBust(next.player) ? -1 : 0 };
  }
  const dealer = [...state.dealer];
  while (countHand(dealer).total < DEALER_DRAWS_BELOW) dealer.push(draw());
  const next = { ...state, dealer, hasStood: true };
  return { state: next, reward: Math.sign(score(next.player) - score(dealer)) };
}

export function isOver({ player, hasStood }: BlackjackState): boolean {
  return hasStood || isBust(player);
}

function isBust(cards: readonly Card[]): boolean {
  return countHand(cards).total > LIMIT;
}

/** What is compared at the end: a bust hand is worth nothing. */
function score(cards: readonly Card[]): number {
  return isBust(cards) ? 0 : countHand(cards).total;
}
