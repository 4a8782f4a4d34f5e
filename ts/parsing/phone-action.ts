/** Fractions of the screen's width (from the left) and height (from the top); on the screen from 0 to below 1. */
export interface ScreenPoint {
  readonly x: number;
  readonly y: number;
}

/**
 * What an Android-in-the-Wild agent can do. Touch and lift at (nearly) one point are a tap, or where it `isHeld` a long press,
 * else a swipe. AutoUI and CogAgent have no long press.
 */
export type PhoneAction =
  | { readonly type: "DUAL_POINT"; readonly touch: ScreenPoint; readonly lift: ScreenPoint; readonly isHeld?: true }
  | { readonly type: "TYPE"; readonly text: string }
  | { readonly type: Exclude<PhoneActionType, "DUAL_POINT" | "TYPE"> | "IDLE" };

/**
 * Types that an utterance can name, as AutoUI writes them. The reference's eighth, `IDLE`, is never named: it is what is
 * executed for an utterance that names none, whose label is `invalid`.
 */
export const PHONE_ACTION_TYPES = [
  "DUAL_POINT",
  "TYPE",
  "PRESS_BACK",
  "PRESS_HOME",
  "PRESS_ENTER",
  "STATUS_TASK_COMPLETE",
  "TASK_IMPOSSIBLE",
] as const;
export type PhoneActionType = (typeof PHONE_ACTION_TYPES)[number];

/**
 * An action in AutoUI's form: the fields that stand behind `Action Decision: `, and in prompts' history. Points are [y, x]
 * with four decimals, and `[-1.0, -1.0]` where an action has none. Quotes inside typed text are not escaped, as there.
 */
export function autoUiFields(action: PhoneAction): string {
  const [touch, lift] = action.type === "DUAL_POINT" ? [point(action.touch), point(action.lift)] : [NOWHERE, NOWHERE];
  const text = action.type === "TYPE" ? action.text : "";
  return `"action_type": "${action.type}", "touch_point": "${touch}", "lift_point": "${lift}", "typed_text": "${text}"`;
}

const NOWHERE = "[-1.0, -1.0]";

function point({ x, y }: ScreenPoint): string {
  return `[${y.toFixed(4)}, ${x.toFixed(4)}]`;
}
