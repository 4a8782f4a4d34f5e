import type { Ride } from "../../parsing/planned-ride.ts";
import type { RandomStream } from "../../random.ts";

/** Floors run from 0 to this one. */
export const TOP_FLOOR = 5;
/** Steps after which an episode whose call has not been answered is cut off. */
export const HORIZON = 6;

export interface Floors {
  readonly lift: number;
  readonly call: number;
}

/** An episode in progress; it is over exactly when {@link hasArrived} or {@link isCutOff}. */
export interface ElevatorState extends Floors {
  /** Actions executed so far, 0–6. */
  readonly steps: number;
}

/** The 30 pairs of floors from which an episode can start. */
export const STARTS: readonly Floors[] = Array.from({ length: TOP_FLOOR + 1 }, (_, lift) =>
  Array.from({ length: TOP_FLOOR + 1 }, (_, call) => ({ lift, call })),
)
  .flat()
  .filter((floors) => !hasArrived(floors));

/** Each start that agrees with what is pinned is equally likely. */
export function drawStart(random: RandomStream, { lift, call }: Partial<Floors>): Floors {
  return random.pick(
    STARTS.filter((start) => (lift ?? start.lift) === start.lift && (call ?? start.call) === start.call),
  );
}

/**
 * One ride, clamped to the house, or a step of waiting. Reward 1 on arriving exactly at the call, −1 when the distance
 * did not shrink, else 0.
 */
export function move(state: ElevatorState, ride: Ride): { state: ElevatorState; reward: number } {
  const lift = Math.min(TOP_FLOOR, Math.max(0, state.lift + floorsUp(ride)));
  const next = { lift, call: state.call, steps: state.steps + 1 };
  if (hasArrived(next)) return { state: next, reward: 1 };
  return { state: next, reward: distance(next) < distance(state) ? 0 : -1 };
}

export function hasArrived({ lift, call }: Floors): boolean {
  return lift === call;
}

/** An episode that arrives on the last step has terminated, not been cut off. */
export function isCutOff(state: ElevatorState): boolean {
  return state.steps >= HORIZON && !hasArrived(state);
}

/** Floors between the lift and the call. */
export function distance({ lift, call }: Floors): number {
  return Math.abs(call - lift);
}

function floorsUp(ride: Ride): number {
  if (ride === "wait") return 0;
  const [direction, floors] = ride.split(" ");
  return direction === "up" ? Number(floors) : -Number(floors);
}
