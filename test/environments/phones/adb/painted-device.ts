import type { RgbImage } from "../../../../ts/environments/environment.ts";
import type { Device, PhoneKey } from "../../../../ts/environments/phones/device.ts";
import type { ScreenPoint } from "../../../../ts/parsing/phone-action.ts";
import type { ScreenElement } from "../../../../ts/parsing/screen-element.ts";

/** A screen of one colour, which every action changes, and a record of what was done. */
export class PaintedDevice implements Device {
  readonly name = "painted";
  readonly done: string[] = [];
  readonly #width: number;
  readonly #height: number;

  constructor(width = 108, height = 228) {
    this.#width = width;
    this.#height = height;
  }

  async screenshot(): Promise<RgbImage> {
    const rgb = new Uint8Array(3 * this.#width * this.#height).fill((40 * this.done.length) % 251);
    // The first pixel tells rows from columns and red from blue.
    rgb.set([1, 2, 3]);
    return { width: this.#width, height: this.#height, rgb };
  }

  /** The upper half, which is one button. */
  async elements(): Promise<readonly ScreenElement[]> {
    return [{ box: { x: 0, y: 0, width: 1, height: 0.5 }, text: "paint", can: ["tap", "hold"] }];
  }

  async tap(at: ScreenPoint): Promise<void> {
    this.done.push(`tap ${this.#pixel(at)}`);
  }

  async hold(at: ScreenPoint): Promise<void> {
    this.done.push(`hold ${this.#pixel(at)}`);
  }

  async swipe(from: ScreenPoint, to: ScreenPoint): Promise<void> {
    this.done.push(`swipe ${this.#pixel(from)} to ${this.#pixel(to)}`);
  }

  async type(text: string): Promise<void> {
    this.done.push(`type ${text}`);
  }

  async press(key: PhoneKey): Promise<void> {
    this.done.push(`press ${key}`);
  }

  async reset(): Promise<void> {
    this.done.push("reset");
  }

  async close(): Promise<void> {}

  #pixel({ x, y }: ScreenPoint): string {
    return `${Math.floor(x * this.#width)},${Math.floor(y * this.#height)}`;
  }
}
