import { DeviceError } from "../../errors.ts";
import type { ScreenPoint } from "../../parsing/phone-action.ts";
import type { ScreenElement } from "../../parsing/screen-element.ts";
import type { RgbImage } from "../environment.ts";
import type { Device, PhoneKey } from "./device.ts";

/** One of several devices, taken when an episode first needs it and given back when it is closed. */
export class AttachedDevice implements Device {
  readonly #take: () => Promise<Device>;
  readonly #giveBack: (device: Device) => void;
  #device: Device | undefined;

  constructor(take: () => Promise<Device>, giveBack: (device: Device) => void) {
    this.#take = take;
    this.#giveBack = giveBack;
  }

  get name(): string {
    return this.#device?.name ?? "no device yet";
  }

  async reset(request: { seed: number }): Promise<void> {
    this.#device ??= await this.#take();
    await this.#device.reset(request);
  }

  screenshot(): Promise<RgbImage> {
    return this.#taken().screenshot();
  }

  elements(): Promise<readonly ScreenElement[]> {
    return this.#taken().elements();
  }

  tap(at: ScreenPoint): Promise<void> {
    return this.#taken().tap(at);
  }

  hold(at: ScreenPoint): Promise<void> {
    return this.#taken().hold(at);
  }

  swipe(from: ScreenPoint, to: ScreenPoint): Promise<void> {
    return this.#taken().swipe(from, to);
  }

  type(text: string): Promise<void> {
    return this.#taken().type(text);
  }

  press(key: PhoneKey): Promise<void> {
    return this.#taken().press(key);
  }

  async close(): Promise<void> {
    const device = this.#device;
    this.#device = undefined;
    if (device === undefined) return;
    await device.close();
    this.#giveBack(device);
  }

  #taken(): Device {
    if (this.#device === undefined) throw new DeviceError("absent", "no device yet: an episode begins with reset");
    return this.#device;
  }
}
