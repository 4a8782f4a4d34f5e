import type { RgbImage } from "../../../ts/environments/environment.ts";
import type { Device, PhoneKey } from "../../../ts/environments/phones/device.ts";
import { DeviceError } from "../../../ts/errors.ts";
import type { ScreenPoint } from "../../../ts/parsing/phone-action.ts";
import type { ScreenElement } from "../../../ts/parsing/screen-element.ts";

/** A device that remembers what it was told, one line a command, and shows how many there were. */
export class RecordingDevice implements Device {
  readonly name = "recorder";
  readonly told: string[] = [];
  isClosed = false;
  /** Fails at the command of this number, from 0. */
  failsAt: number | undefined;

  screenshot(): Promise<RgbImage> {
    const rgb = new Uint8Array(100 * 200 * 3).fill(this.told.length);
    return Promise.resolve({ width: 100, height: 200, rgb });
  }

  /** One that says how many commands there were. */
  elements(): Promise<readonly ScreenElement[]> {
    return Promise.resolve([
      { box: { x: 0.2, y: 0.4, width: 0.4, height: 0.2 }, text: `after ${this.told.length}`, can: ["tap"] },
    ]);
  }

  tap({ x, y }: ScreenPoint): Promise<void> {
    return this.#do(`tap ${x} ${y}`);
  }

  hold({ x, y }: ScreenPoint): Promise<void> {
    return this.#do(`hold ${x} ${y}`);
  }

  swipe(from: ScreenPoint, to: ScreenPoint): Promise<void> {
    return this.#do(`swipe ${from.x} ${from.y} ${to.x} ${to.y}`);
  }

  type(text: string): Promise<void> {
    return this.#do(`type ${text}`);
  }

  press(key: PhoneKey): Promise<void> {
    return this.#do(`press ${key}`);
  }

  reset({ seed }: { seed: number }): Promise<void> {
    this.told.length = 0;
    return this.#do(`reset ${seed}`);
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }

  async #do(command: string): Promise<void> {
    if (this.told.length === this.failsAt) throw new DeviceError("lost", "the cable came off");
    this.told.push(command);
  }
}
