import type { ScreenPoint } from "../../../parsing/phone-action.ts";
import type { RgbImage } from "../../environment.ts";
import type { Device, PhoneKey } from "../device.ts";
import { freshPhone } from "./contents.ts";
import { frameOf } from "./frame.ts";
import type { PhoneState } from "./state.ts";
import { pressed, swiped, touched, typed } from "./transition.ts";

/**
 * A simulated phone: a little Android, 224×224, that does what it is told at once and the same way every time.
 *
 * Around it: `phoneStateSchema` (state.ts) reads a saved state; `canvasTasks`, `canvasTask` (tasks.ts) are what can be
 * asked of it; `isDone` (goal.ts) tells whether it has been done, `canvasTaskSchema` reads a saved task;
 * `expertAction` (expert.ts) does it. All but this class are pure functions of a {@link PhoneState}.
 */
export class CanvasPhone implements Device {
  readonly name = "canvas";
  #state: PhoneState = freshPhone(0);

  /** All that is on it, as JSON; `restore` continues from it exactly. */
  state(): PhoneState {
    return this.#state;
  }

  restore(state: PhoneState): void {
    this.#state = state;
  }

  async reset({ seed }: { seed: number }): Promise<void> {
    this.restore(freshPhone(seed));
  }

  async screenshot(): Promise<RgbImage> {
    return frameOf(this.#state);
  }

  async tap(at: ScreenPoint): Promise<void> {
    this.#state = touched(this.#state, at);
  }

  async swipe(from: ScreenPoint, to: ScreenPoint): Promise<void> {
    this.#state = swiped(this.#state, from, to);
  }

  async type(text: string): Promise<void> {
    this.#state = typed(this.#state, text);
  }

  async press(key: PhoneKey): Promise<void> {
    this.#state = pressed(this.#state, key);
  }

  /** It holds nothing outside this process. */
  async close(): Promise<void> {}
}
