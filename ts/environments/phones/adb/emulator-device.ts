import { rmSync } from "node:fs";
import type { z } from "zod";
import { DeviceError } from "../../../errors.ts";
import type { ScreenPoint } from "../../../parsing/phone-action.ts";
import type { ScreenElement } from "../../../parsing/screen-element.ts";
import { atExit } from "../../../processes/at-exit.ts";
import type { RgbImage } from "../../environment.ts";
import type { Device, PhoneKey } from "../device.ts";
import { AdbDevice } from "./adb-device.ts";
import { avdHome, avdPaths, cloneAvd, removeAvd } from "./avd.ts";
import { type Emulator, type EmulatorRequest, startEmulator } from "./emulator.ts";
import { adbSettings } from "./settings.ts";

export interface EmulatedRequest {
  /** Name of the AVD that is copied. */
  readonly avd: string;
  /** Of the AVD: what it starts from, and what `reset` loads. */
  readonly snapshot?: string;
  readonly program?: string;
  readonly settings?: z.input<typeof adbSettings>;
}

let copies = 0;

/**
 * An emulator of its own on a copy of an AVD; many may run at once. Both are gone when the device is closed.
 * @throws EnvironmentError when there is no such AVD. @throws DeviceError when its emulator does not start.
 */
export async function openEmulator(request: EmulatedRequest): Promise<Device> {
  const { avd, snapshot, program = "emulator", settings = {} } = request;
  const original = { home: avdHome(), name: avd };
  const copy = { home: original.home, name: `${avd}-coso-${process.pid}-${++copies}` };
  // Gigabytes, so that they go even when nobody closes it.
  const keep = atExit(() => {
    for (const path of Object.values(avdPaths(copy))) rmSync(path, { recursive: true, force: true, maxRetries: 5 });
  });
  const release = async () => {
    await removeAvd(copy);
    keep();
  };
  try {
    await cloneAvd(original, copy.name);
    const copied = { avd: copy, snapshot, program, settings: adbSettings.parse(settings) };
    return new EmulatorDevice(copied, await startEmulator(copied), release);
  } catch (error) {
    await release();
    throw error;
  }
}

/** The device of an emulator, which is started anew by `reset` where it was lost. */
class EmulatorDevice implements Device {
  readonly name: string;
  readonly #request: EmulatorRequest;
  readonly #release: () => Promise<void>;
  #emulator: Emulator;
  #device: AdbDevice;

  /** @param release removes the AVD that it runs on. */
  constructor(request: EmulatorRequest, emulator: Emulator, release: () => Promise<void>) {
    this.name = `avd:${request.avd.name}`;
    this.#request = request;
    this.#release = release;
    this.#emulator = emulator;
    this.#device = this.#attached();
  }

  screenshot(): Promise<RgbImage> {
    return this.#device.screenshot();
  }

  elements(): Promise<readonly ScreenElement[]> {
    return this.#device.elements();
  }

  tap(at: ScreenPoint): Promise<void> {
    return this.#device.tap(at);
  }

  hold(at: ScreenPoint): Promise<void> {
    return this.#device.hold(at);
  }

  swipe(from: ScreenPoint, to: ScreenPoint): Promise<void> {
    return this.#device.swipe(from, to);
  }

  type(text: string): Promise<void> {
    return this.#device.type(text);
  }

  press(key: PhoneKey): Promise<void> {
    return this.#device.press(key);
  }

  async reset(): Promise<void> {
    if (!this.#emulator.hasEnded()) {
      try {
        return await this.#device.reset();
      } catch (error) {
        // What refuses would refuse again.
        if (!(error instanceof DeviceError) || (error.code !== "lost" && error.code !== "silent")) throw error;
      }
    }
    process.emitWarning(`The emulator of ${this.name} was lost, and is started anew.`, "DeviceLost");
    await this.#emulator.stop();
    this.#emulator = await startEmulator(this.#request);
    this.#device = this.#attached();
    await this.#device.reset();
  }

  async close(): Promise<void> {
    await this.#emulator.stop();
    await this.#release();
  }

  #attached(): AdbDevice {
    return new AdbDevice(this.#emulator.serial, this.#request.settings, this.#request.snapshot);
  }
}
