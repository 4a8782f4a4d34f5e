import type { ScreenPoint } from "../../../parsing/phone-action.ts";
import type { ScreenElement } from "../../../parsing/screen-element.ts";
import type { RgbImage } from "../../environment.ts";
import type { Device, PhoneKey } from "../device.ts";
import { freshPhone } from "./contents.ts";
import { frameOf } from "./frame.ts";
import { screenElementsOf } from "./screen-elements.ts";
import type { PhoneState } from "./state.ts";
import { pressed, swiped, touched, typed } from "./transition.ts";

/**
 * A simulated phone: a little Android, 224×224, that does what it is told at once and the same way every time.
 *
 * Home forgets where its apps were, so that they begin anew; what they remember (switches, alarms, favourites, saved
 * articles, carts) stays. Whatever a task can ask for is on every phone; the seed decides where it stands, and what
 * else there is. Around it stand pure functions of a {@link PhoneState}, which is JSON:
 *
 * - state.ts: `phoneStateSchema` reads a state that was saved
 * - tasks.ts: `canvasTasks(style, split, { overlap })` lists what can be asked; goal.ts: `CanvasTask` is `{ instruction, kind, goal }`, `canvasTaskSchema` reads one that was saved
 * - goal.ts: `isDone(state, task)`
 * - expert.ts: `expertAction(state, task)`, a `PhoneAction`; a tap has one point for touch and lift, and all points have
 *   four decimals; `STATUS_TASK_COMPLETE` exactly when it is done
 * - frame.ts: `frameOf(state)`; transition.ts: `touched`, `swiped`, `typed`, `pressed`
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

  async elements(): Promise<readonly ScreenElement[]> {
    return screenElementsOf(this.#state);
  }

  async tap(at: ScreenPoint): Promise<void> {
    this.#state = touched(this.#state, at);
  }

  /** Nothing on it knows a long press; as on a real phone, a tap is what is left of it. */
  hold(at: ScreenPoint): Promise<void> {
    return this.tap(at);
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
