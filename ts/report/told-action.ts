import { phoneActionForm } from "../environments/phones/action-form.ts";
import type { PhoneAction, ScreenPoint } from "../parsing/phone-action.ts";

/** An action as a reader is told of it. */
export interface ToldAction {
  words: string;
  /** Where a finger went down and where it left, in shares of the screen's sides; null for actions without one. */
  gesture: { touch: ScreenPoint; lift: ScreenPoint; isSwipe: boolean } | null;
}

/** Share of the screen from which on a gesture is told as a swipe. */
const SWIPE = 0.02;

export function toldAction(action: unknown): ToldAction {
  const phone = phoneActionForm.safeParse(action).data;
  if (phone === undefined) return { words: wordsOf(action), gesture: null };
  if (phone.type !== "DUAL_POINT") return { words: phoneWords(phone), gesture: null };
  const { touch, lift, isHeld } = phone;
  const isSwipe = Math.hypot(touch.x - lift.x, touch.y - lift.y) > SWIPE;
  const words = isSwipe ? "swipe" : isHeld === true ? "long press" : "tap";
  return { words, gesture: { touch, lift, isSwipe } };
}

const PHONE_WORDS: Record<Exclude<PhoneAction["type"], "DUAL_POINT" | "TYPE">, string> = {
  PRESS_BACK: "back",
  PRESS_HOME: "home",
  PRESS_ENTER: "enter",
  STATUS_TASK_COMPLETE: "says it is done",
  TASK_IMPOSSIBLE: "gives up",
  IDLE: "nothing",
};

function phoneWords(action: Exclude<PhoneAction, { type: "DUAL_POINT" }>): string {
  return action.type === "TYPE" ? `types “${action.text}”` : PHONE_WORDS[action.type];
}

function wordsOf(action: unknown): string {
  return typeof action === "string" ? action : (JSON.stringify(action) ?? "");
}
