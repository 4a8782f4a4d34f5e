import { setTimeout as delay } from "node:timers/promises";
import type { Frame } from "./screencap.ts";
import type { AdbSettings } from "./settings.ts";

/**
 * Waits until the screen stands still: no change for `quietMs`. A screen that never does, as in a video, is left after
 * `limitMs`, which is no error.
 * @returns the last frame; none where nothing is to be waited for.
 */
export async function settle(
  capture: () => Promise<Frame>,
  { quietMs, limitMs, pollMs }: AdbSettings["settle"],
): Promise<Frame | undefined> {
  const started = performance.now();
  let frame: Frame | undefined;
  let changed = started;
  while (performance.now() - started < limitMs) {
    const next = await capture();
    // The encoder gives equal screens equal bytes, so that nothing has to be decoded.
    if (frame !== undefined && !next.png.equals(frame.png)) changed = performance.now();
    frame = next;
    if (performance.now() - changed >= quietMs) break;
    await delay(Math.min(pollMs, Math.max(0, limitMs - (performance.now() - started))));
  }
  return frame;
}
