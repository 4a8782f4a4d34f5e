import { DeviceError } from "../../../errors.ts";
import { supervise } from "../../../processes/supervised.ts";
import { Adb } from "./adb.ts";
import type { Avd } from "./avd.ts";
import { waitForBoot } from "./boot.ts";
import { releasePort, reservePort } from "./emulator-ports.ts";
import type { AdbSettings } from "./settings.ts";

/** As in the reference, but without a window: nothing of an episode is saved, and no key has to be allowed. */
const FLAGS = ["-no-window", "-no-audio", "-no-boot-anim", "-no-snapshot-save", "-skip-adb-auth", "-gpu", "auto"];
/** After `emu kill`, and after SIGTERM. */
const GRACE_MS = { byItself: 10_000, terminated: 5_000 };

/** An emulator that this process has started. */
export interface Emulator {
  /** As adb names it. */
  readonly serial: string;
  readonly hasEnded: () => boolean;
  /** Ends it and frees its ports. May be called again; never throws. */
  stop(): Promise<void>;
}

export interface EmulatorRequest {
  readonly avd: Avd;
  /** Started from, instead of a cold boot. */
  readonly snapshot?: string | undefined;
  /** The `emulator` of Android's SDK: a name in PATH, or a path. */
  readonly program: string;
  readonly settings: AdbSettings;
}

/**
 * Starts an emulator on ports of its own, and waits until Android has booted. It ends with this process, unless that is
 * killed outright.
 * @throws DeviceError `absent` where there is no such program, `lost` when it ends before it has booted, `silent` when it
 *   has not booted in time; it is not running then.
 */
export async function startEmulator({ avd, snapshot, program, settings }: EmulatorRequest): Promise<Emulator> {
  const port = await reservePort();
  const serial = `emulator-${port}`;
  const start = snapshot === undefined ? ["-no-snapshot-load"] : ["-snapshot", snapshot];
  const child = await supervise(program, ["-avd", avd.name, "-port", String(port), ...start, ...FLAGS], {
    env: { ANDROID_AVD_HOME: avd.home },
  });
  let ending: string | undefined;
  const ended = child.ended.then((how) => {
    ending = how;
    releasePort(port);
  });
  const adb = new Adb(settings, serial);
  const emulator: Emulator = {
    serial,
    hasEnded: () => ending !== undefined,
    async stop() {
      // Where it does not hear, the signals do.
      if (ending === undefined) await adb.once({ args: ["emu", "kill"], isHarmless: true }).catch(() => undefined);
      await child.stop(GRACE_MS);
      await ended;
    },
  };
  const isHopeless = (): DeviceError | undefined => {
    if (ending === undefined) return undefined;
    if (child.pid === undefined) {
      const mend = "install Android's SDK and put its emulator folder into PATH";
      return new DeviceError("absent", `\`${program}\` cannot be run: ${ending}; ${mend}`);
    }
    const said = child.lines().slice(-3).join("\n");
    return new DeviceError(
      "lost",
      `The emulator of "${avd.name}" ${ending} before it had booted${said && `:\n${said}`}`,
    );
  };
  try {
    await waitForBoot(adb, { limitMs: settings.bootMs, isHopeless });
  } catch (error) {
    await emulator.stop();
    throw error;
  }
  return emulator;
}
