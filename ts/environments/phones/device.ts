import type { ScreenPoint } from "../../parsing/phone-action.ts";
import type { RgbImage } from "../environment.ts";

/**
 * A phone, simulated or real, as episodes drive it. One call at a time. Points are fractions of the screen; one that lies
 * outside touches nothing.
 * @throws DeviceError from every method, when the device does not do what it was told.
 */
export interface Device {
  /** As results and errors name it, such as `canvas` or `adb:emulator-5554`. */
  readonly name: string;
  screenshot(): Promise<RgbImage>;
  tap(at: ScreenPoint): Promise<void>;
  swipe(from: ScreenPoint, to: ScreenPoint): Promise<void>;
  /** Into whatever has the focus; nothing happens where nothing has. */
  type(text: string): Promise<void>;
  press(key: PhoneKey): Promise<void>;
  /**
   * To the home screen, rid of what earlier episodes left. On a simulated phone `seed` (unsigned 32-bit) decides all that
   * is on it; a real one has its own contents.
   */
  reset(request: { seed: number }): Promise<void>;
  /** Gives the device back; it may be closed twice. */
  close(): Promise<void>;
}

/** What can be touched like a phone. */
export type Touchable = Pick<Device, "tap" | "swipe" | "type" | "press">;

export const PHONE_KEYS = ["home", "back", "enter"] as const;
export type PhoneKey = (typeof PHONE_KEYS)[number];
