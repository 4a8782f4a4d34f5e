import type { z } from "zod";
import { DeviceError } from "../../../errors.ts";
import { Adb } from "./adb.ts";
import { AdbDevice } from "./adb-device.ts";
import { adbSettings } from "./settings.ts";

/** What adb sees, as its server tells it. */
export interface Attached {
  /** Such as `emulator-5554`, `192.168.0.7:5555`, or a phone's own. */
  readonly serial: string;
  /** `device` where it can be driven; else `offline`, `unauthorized`, and others. */
  readonly state: string;
}

export interface AdbRequest {
  /** As `adb devices` lists it; `host:port` is connected to first. */
  readonly serial: string;
  /** Of an emulator: what `reset` loads. */
  readonly snapshot?: string;
  readonly settings?: z.input<typeof adbSettings>;
}

/** Everything that is attached. @throws DeviceError `absent` where there is no adb. */
export async function adbDevices(settings: z.input<typeof adbSettings> = {}): Promise<Attached[]> {
  const listed = await new Adb(adbSettings.parse(settings)).ask({ args: ["devices"], isHarmless: true }, String);
  return [...listed.matchAll(/^(\S+)\t(.+)$/gm)].map(([, serial = "", state = ""]) => ({
    serial,
    state: state.trim(),
  }));
}

/**
 * A device that is attached, and whose screen can be seen.
 * @throws DeviceError `absent` where there is no such device or no adb; `unauthorised`, `lost` and the others as its calls.
 */
export async function connectAdb({ serial, snapshot, settings = {} }: AdbRequest): Promise<AdbDevice> {
  const parsed = adbSettings.parse(settings);
  if (/:\d+$/.test(serial)) await new Adb(parsed).ask({ args: ["connect", serial], isHarmless: true }, String);
  const attached = await adbDevices(settings);
  if (!attached.some((each) => each.serial === serial)) {
    const others = attached.map((each) => `${each.serial} (${each.state})`).join(", ") || "nothing";
    throw new DeviceError("absent", `No device "${serial}": adb sees ${others}; plug it in, or start its emulator`);
  }
  const device = new AdbDevice(serial, parsed, snapshot);
  await device.screenshot();
  return device;
}
