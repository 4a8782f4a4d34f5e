import type { PhoneAction, ScreenPoint } from "../../parsing/phone-action.ts";
import type { RgbImage } from "../environment.ts";
import type { Touchable } from "./device.ts";

/** DigiRL's: touch and lift whose distance in pixels, squared, is less are a tap. */
const TAP_SQUARED_DISTANCE = 10;

/**
 * Has a device do what an action says; the two that end an episode, and `IDLE`, do nothing.
 * @param screen its last screenshot, whose size tells a tap from a swipe.
 * @throws DeviceError
 */
export async function actOn(device: Touchable, action: PhoneAction, screen: RgbImage): Promise<void> {
  switch (action.type) {
    case "DUAL_POINT":
      if (!isTap(action.touch, action.lift, screen)) return device.swipe(action.touch, action.lift);
      return action.isHeld ? device.hold(action.touch) : device.tap(action.touch);
    case "TYPE":
      return device.type(action.text);
    case "PRESS_BACK":
      return device.press("back");
    case "PRESS_HOME":
      return device.press("home");
    case "PRESS_ENTER":
      return device.press("enter");
    case "STATUS_TASK_COMPLETE":
    case "TASK_IMPOSSIBLE":
    case "IDLE":
      return;
  }
}

/** Whether the agent says that it is at its end, one way or the other. */
export function endsEpisode({ type }: PhoneAction): boolean {
  return type === "STATUS_TASK_COMPLETE" || type === "TASK_IMPOSSIBLE";
}

function isTap(touch: ScreenPoint, lift: ScreenPoint, { width, height }: RgbImage): boolean {
  return ((touch.x - lift.x) * width) ** 2 + ((touch.y - lift.y) * height) ** 2 < TAP_SQUARED_DISTANCE;
}
