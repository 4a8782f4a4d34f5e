import type { ScreenPoint } from "../../parsing/phone-action.ts";
import type { ScreenElement } from "../../parsing/screen-element.ts";
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
  /** What on the screen answers to a finger, in an order of its own that stays; a keyboard's keys are left out. */
  elements(): Promise<readonly ScreenElement[]>;
  tap(at: ScreenPoint): Promise<void>;
  /** A long press: a finger that stays for {@link HOLD_MS}. */
  hold(at: ScreenPoint): Promise<void>;
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
export type Touchable = Pick<Device, "tap" | "hold" | "swipe" | "type" | "press">;

/** Twice what Android takes for long; AppAgent's. */
export const HOLD_MS = 1_000;

export const PHONE_KEYS = ["home", "back", "enter"] as const;
export type PhoneKey = (typeof PHONE_KEYS)[number];
