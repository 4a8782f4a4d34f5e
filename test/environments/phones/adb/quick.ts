import type { z } from "zod";
import type { adbSettings } from "../../../../ts/environments/phones/adb/settings.ts";

/** Patience for a phone that answers at once; a broken link takes a second all the same. */
export const QUICK: z.input<typeof adbSettings> = {
  callMs: 3_000,
  repeatAfterMs: [200, 400, 800, 1_600],
  settle: { quietMs: 0, limitMs: 500, pollMs: 10 },
};
