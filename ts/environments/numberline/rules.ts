import type { RandomStream } from "../../random.ts";

/** Numbers run from 0 to this one. */
export const LARGEST_NUMBER = 5;
/** Steps after which an episode that has not reached its target is cut off. */
export const HORIZON = 10;

export const NUMBERLINE_ACTIONS = ["-", "+"] as const;
export type NumberLineAction = (typeof NUMBERLINE_ACTIONS)[number];

export interface NumberPair {
  readonly current: number;
  readonly target: number;
}

/** An episode in progress; it is over exactly when {@link hasReached} or {@link isCutOff}. */
export interface NumberLineState extends NumberPair {
  /** Actions executed so far, 0–10. */
  readonly steps: number;
}

/** Both numbers uniform; when they coincide the target is moved by the reference's formula, (target + 1) mod 5. */
export function drawStart(random: RandomStream): NumberPair {
  const current = random.int(0, LARGEST_NUMBER);
  const target = random.int(0, LARGEST_NUMBER);
  return { current, target: target === current ? (target + 1) % LARGEST_NUMBER : target };
}

/** One move, clamped to the line. Reward 1 on reaching the target, −1 when the distance did not shrink, else 0. */
export function move(state: NumberLineState, action: NumberLineAction): { state: NumberLineState; reward: number } {
  const moved = state.current + (action === "+" ? 1 : -1);
  const current = Math.min(LARGEST_NUMBER, Math.max(0, moved));
  const next = { current, target: state.target, steps: state.steps + 1 };
  if (hasReached(next)) return { state: next, reward: 1 };
  return { state: next, reward: distance(next) < distance(state) ? 0 : -1 };
}

export function hasReached(pair: NumberPair): boolean {
  return pair.current === pair.target;
}

/** An episode that reaches its target on the last step has terminated, not been cut off. */
export function isCutOff(state: NumberLineState): boolean {
  return state.steps >= HORIZON && !hasReached(state);
}

function distance({ current, target }: NumberPair): number {
  return Math.abs(target - current);
}

/** The 30 pairs from which an episode can start. */
export const START_PAIRS: readonly NumberPair[] = pairsOf(LARGEST_NUMBER).filter((pair) => !hasReached(pair));

function pairsOf(largest: number): NumberPair[] {
  const numbers = Array.from({ length: largest + 1 }, (_, number) => number);
  return numbers.flatMap((current) => numbers.map((target) => ({ current, target })));
}
