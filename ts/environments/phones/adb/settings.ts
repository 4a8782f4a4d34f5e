import { z } from "zod";

const milliseconds = z.int().min(0);

/** How patiently a phone is driven. Times in milliseconds. */
export const adbSettings = z.strictObject({
  /** The `adb` to run: a name in PATH, or a path. */
  program: z.string().min(1).default("adb"),
  /** How long one call of adb may take. */
  callMs: milliseconds.min(1).default(10_000),
  /** Waits before a call is repeated, one an attempt. A link that broke is up again after about a second. */
  repeatAfterMs: z.array(milliseconds).default([250, 750, 1_500, 3_000]),
  /** After each action, until the screen has not changed for `quietMs`, or for `limitMs` in all; 0 waits for nothing. */
  settle: z
    .strictObject({
      quietMs: milliseconds.default(1_000),
      /** As long as the reference waits after every action. */
      limitMs: milliseconds.default(5_000),
      pollMs: milliseconds.default(250),
    })
    .prefault({}),
  /** How long a phone may take to be up after a start, or after a snapshot was loaded. */
  bootMs: milliseconds.min(1).default(180_000),
});
export type AdbSettings = z.output<typeof adbSettings>;
