import type { RandomStream } from "../../random.ts";
import { ALL_CARDS, type Card, SUITS } from "../cards/card.ts";
import { evaluate, type Operator } from "./expression.ts";
import { areEqual, whole } from "./rational.ts";
import { isSolvable, type SolutionFormula, solutions } from "./solver.ts";

export const NUMBERS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"] as const;
export type PointsAction = (typeof NUMBERS)[number] | Operator | "(" | ")" | "=";

/** What a number that is not among the unused cards leaves in the formula. */
export const BLANK = " ";
export type FormulaElement = PointsAction | typeof BLANK;

/** What tells EZPoints and Points24 apart. */
export interface PointsGame {
  readonly id: string;
  readonly numCards: number;
  readonly target: number;
  readonly operators: readonly Operator[];
  readonly actions: readonly PointsAction[];
  /** A formula of more elements than this is cut off by the next action, whatever that is. */
  readonly formulaLimit: number;
  /** Whether a hand without a solution can be a start. */
  readonly allowsUnsolvable: boolean;
  draw(random: RandomStream): readonly Card[];
}

/** An episode in progress; it is over exactly when {@link hasEnded} or {@link isCutOff}. */
export interface PointsState {
  readonly cards: readonly Card[];
  readonly formula: readonly FormulaElement[];
  /** Actions executed so far: as many as the formula has elements, and one more when it was cut off. */
  readonly steps: number;
}

export const EZPOINTS: PointsGame = {
  id: "ezpoints",
  numCards: 2,
  target: 12,
  operators: ["+", "*"],
  actions: [...NUMBERS, "+", "*", "="],
  formulaLimit: 5,
  allowsUnsolvable: false,
  draw: drawEasyPair,
};

export const POINTS24: PointsGame = {
  id: "points24",
  numCards: 4,
  target: 24,
  operators: ["+", "-", "*", "/"],
  actions: [...NUMBERS, "+", "-", "*", "/", "(", ")", "="],
  formulaLimit: 20,
  allowsUnsolvable: true,
  draw: (random) => Array.from({ length: 4 }, () => random.pick(ALL_CARDS)),
};

/** The first card is 2–13; the second makes 12 of it, by + or, where 12 can be divided, by * half of the time. */
function drawEasyPair(random: RandomStream): readonly Card[] {
  const first = { suit: random.pick(SUITS), rank: random.int(2, 13) };
  const value = pointsOf(first);
  const isByProduct = 12 % value === 0 && random.int(0, 1) === 0;
  const second = { suit: random.pick(SUITS), rank: isByProduct ? 12 / value : 12 - value };
  return random.int(0, 1) === 0 ? [first, second] : [second, first];
}

/** 1–10: face cards count 10. */
export function pointsOf({ rank }: Card): number {
  return Math.min(rank, 10);
}

/** Longest episode: a formula one element beyond the limit, and the action that cuts it off. */
export function horizonOf({ formulaLimit }: PointsGame): number {
  return formulaLimit + 2;
}

export function solutionsOf({ target, operators }: PointsGame, cards: readonly Card[]): readonly SolutionFormula[] {
  return solutions({ numbers: cards.map(pointsOf), target, operators });
}

export function hasSolution({ target, operators }: PointsGame, cards: readonly Card[]): boolean {
  return isSolvable({ numbers: cards.map(pointsOf), target, operators });
}

/**
 * One action. `=` ends the episode: reward 10 where the formula equals the target and every card was used, else −1. A
 * number not among the unused cards leaves a blank, for −1. The action after a formula that exceeds the limit changes
 * nothing but to cut the episode off, for −1. Everything else is appended for 0.
 */
export function play(
  game: PointsGame,
  state: PointsState,
  action: PointsAction,
): { state: PointsState; reward: number } {
  const { cards, formula } = state;
  const steps = state.steps + 1;
  if (formula.length > game.formulaLimit) return { state: { cards, formula, steps }, reward: -1 };

  const isIllegal = isNumber(action) && !unusedNumbers(state).includes(action);
  const next: PointsState = { cards, formula: [...formula, isIllegal ? BLANK : action], steps };
  if (isIllegal) return { state: next, reward: -1 };
  if (action !== "=") return { state: next, reward: 0 };
  return { state: next, reward: isSolved(game, state) ? 10 : -1 };
}

/** The cards' numbers that the formula has not used, in the order of the cards. */
export function unusedNumbers({ cards, formula }: Pick<PointsState, "cards" | "formula">): string[] {
  const unused = cards.map((card) => String(pointsOf(card)));
  for (const element of formula) {
    const index = unused.indexOf(element);
    if (index !== -1) unused.splice(index, 1);
  }
  return unused;
}

/** An episode that `=` ended, won or lost. */
export function hasEnded({ formula }: PointsState): boolean {
  return formula.at(-1) === "=";
}

export function isCutOff({ formula, steps }: PointsState): boolean {
  return steps > formula.length;
}

function isNumber(element: FormulaElement): boolean {
  return (NUMBERS as readonly string[]).includes(element);
}

function isSolved({ target }: PointsGame, state: PointsState): boolean {
  if (unusedNumbers(state).length > 0) return false;
  // Joined by blanks, so that two numbers in a row are two operands and not one number of more digits.
  const result = evaluate(state.formula.join(" "));
  return result.kind === "value" && areEqual(result.value, whole(target));
}
