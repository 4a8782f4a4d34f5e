import { swipeBetween } from "../../parsing/appagent-call.ts";
import type { PhoneAction } from "../../parsing/phone-action.ts";
import { elementAt, type ScreenElement } from "../../parsing/screen-element.ts";

const WORDS: Record<Exclude<PhoneAction["type"], "DUAL_POINT" | "TYPE">, string> = {
  PRESS_BACK: "Pressed Back.",
  PRESS_HOME: "Pressed Home.",
  PRESS_ENTER: "Pressed Enter.",
  STATUS_TASK_COMPLETE: "Said that the task is done.",
  TASK_IMPOSSIBLE: "Said that the task cannot be done.",
  IDLE: "Did nothing.",
};

/**
 * What was done, in a sentence that needs no numbers: those of another screen are others.
 * @param elements of the screen that it was done on.
 */
export function toldAction(action: PhoneAction, elements: readonly ScreenElement[]): string {
  if (action.type === "TYPE") return `Typed "${action.text}".`;
  if (action.type !== "DUAL_POINT") return WORDS[action.type];
  const { touch, lift, isHeld } = action;
  const swipe = swipeBetween(touch, lift);
  if (swipe !== null) return `Swiped ${swipe.direction}, ${swipe.distance}.`;
  const element = elements[elementAt(elements, touch)];
  const what =
    element === undefined ? "nothing" : element.text === "" ? "something without words" : `"${element.text}"`;
  return `${isHeld ? "Held" : "Tapped"} ${what}.`;
}
