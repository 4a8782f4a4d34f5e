import { setTimeout as delay } from "node:timers/promises";
import { DeviceError } from "../../../errors.ts";
import type { Adb } from "./adb.ts";
import { AdbFault } from "./fault.ts";

const POLL_MS = 500;

/**
 * Waits until Android says that it has booted, whatever the link does until then.
 * @param isHopeless says why there is no use in waiting on, where there is none
 * @throws DeviceError `silent` after the limit; whatever `isHopeless` gives; faults that stay, such as an absent adb.
 */
export async function waitForBoot(
  adb: Adb,
  { limitMs, isHopeless = () => undefined }: { limitMs: number; isHopeless?: () => DeviceError | undefined },
): Promise<void> {
  const started = performance.now();
  let last = "it said that it was still booting";
  while (performance.now() - started < limitMs) {
    const reason = isHopeless();
    if (reason !== undefined) throw reason;
    try {
      if ((await adb.shellOnce("getprop sys.boot_completed")).trim() === "1") return;
    } catch (error) {
      if (!(error instanceof AdbFault) || error.kind === "final") throw error;
      last = error.message;
    }
    await delay(Math.min(POLL_MS, limitMs));
  }
  throw new DeviceError("silent", `Not booted within ${limitMs} ms (\`bootMs\`); at the end: ${last}`);
}
