import { SWIPE_DIRECTIONS, SWIPE_DISTANCES, type SwipeDirection, type SwipeDistance } from "./appagent-utterance.ts";
import type { PhoneAction, ScreenPoint } from "./phone-action.ts";
import { elementAt, type ScreenElement } from "./screen-element.ts";

type Gesture = Extract<PhoneAction, { type: "DUAL_POINT" }>;

/**
 * An action as AppAgent's form writes it, as near as that comes: a touch is that of the element there, a swipe has one of
 * four directions and three lengths. Null where the form has no words for it: nothing to touch there, no action at all.
 */
export function appAgentCall(action: PhoneAction, elements: readonly ScreenElement[]): string | null {
  switch (action.type) {
    case "DUAL_POINT":
      return gestureCall(action, elements);
    case "TYPE":
      return `text("${action.text}")`;
    case "PRESS_BACK":
      return "back()";
    case "PRESS_HOME":
      return "home()";
    case "PRESS_ENTER":
      return "enter()";
    case "STATUS_TASK_COMPLETE":
      return "FINISH";
    case "TASK_IMPOSSIBLE":
    case "IDLE":
      return null;
  }
}

function gestureCall({ touch, lift, isHeld }: Gesture, elements: readonly ScreenElement[]): string | null {
  const number = elementAt(elements, touch) + 1;
  const swipe = swipeBetween(touch, lift);
  if (swipe === null) return number === 0 ? null : `${isHeld ? "long_press" : "tap"}(${number})`;
  const swiped = number || elements.findIndex(({ can }) => can.includes("swipe")) + 1 || Math.min(1, elements.length);
  return swiped === 0 ? null : `swipe(${swiped}, "${swipe.direction}", "${swipe.distance}")`;
}

/** Shares of the screen below which a gesture goes nowhere. */
const NOWHERE = 0.02;

/** Which way a finger went and how far, the nearest of each; null where it stayed. */
export function swipeBetween(
  touch: ScreenPoint,
  lift: ScreenPoint,
): { direction: SwipeDirection; distance: SwipeDistance } | null {
  const [right, down] = [lift.x - touch.x, lift.y - touch.y];
  if (Math.hypot(right, down) < NOWHERE) return null;
  const isSideways = Math.abs(right) > Math.abs(down);
  const direction = isSideways ? (right < 0 ? "left" : "right") : down < 0 ? "up" : "down";
  const by = SWIPE_DIRECTIONS[direction];
  const share = Math.max(Math.abs(right), Math.abs(down)) / Math.max(Math.abs(by.x), Math.abs(by.y));
  const distances = Object.keys(SWIPE_DISTANCES) as SwipeDistance[];
  const missed = (distance: SwipeDistance) => Math.abs(SWIPE_DISTANCES[distance] - share);
  const distance = distances.reduce((nearest, each) => (missed(each) < missed(nearest) ? each : nearest));
  return { direction, distance };
}
