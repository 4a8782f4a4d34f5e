import { DeviceError, type DeviceErrorCode } from "../../../errors.ts";

/**
 * - `undelivered`: the device never got the call, so that any may be repeated
 * - `uncertain`: the device may have carried it out, so that only calls without consequence may be
 * - `final`: the same call would fail again
 */
export type FaultKind = "undelivered" | "uncertain" | "final";

/** What went wrong with one call of adb. */
export class AdbFault extends DeviceError {
  override name = "DeviceError";
  readonly kind: FaultKind;

  constructor(code: DeviceErrorCode, kind: FaultKind, message: string, options: ErrorOptions = {}) {
    super(code, message, options);
    this.kind = kind;
  }
}

interface Reading {
  readonly pattern: RegExp;
  readonly code: DeviceErrorCode;
  readonly kind: FaultKind;
  readonly mend: string;
}

export const LOOK = "look at its cable or its emulator, and at `adb devices`";
const ALLOW = "unlock the phone and allow USB debugging from this computer";

/** What adb itself says when a call did not get through, by its own words (adb 29 to 35). */
const READINGS: readonly Reading[] = [
  {
    pattern: /insufficient permissions|no permissions/,
    code: "unauthorised",
    kind: "final",
    mend: "mend the udev rules",
  },
  { pattern: /still (authorizing|connecting)/, code: "unauthorised", kind: "undelivered", mend: ALLOW },
  { pattern: /unauthorized/, code: "unauthorised", kind: "final", mend: ALLOW },
  {
    pattern: /device offline|device '.*' not found|no devices|could not connect to TCP port/,
    code: "lost",
    kind: "undelivered",
    mend: LOOK,
  },
  {
    pattern: /cannot connect to daemon|failed to start daemon/,
    code: "lost",
    kind: "undelivered",
    mend: "another program may use adb's port: adb kill-server",
  },
  { pattern: /error: closed|protocol fault|connection reset/i, code: "lost", kind: "uncertain", mend: LOOK },
];

/** @param said what adb wrote to its error stream when it failed */
export function readFault(call: string, exitCode: number | undefined, said: string): AdbFault {
  const last = said.trim().split("\n").at(-1) ?? "";
  const reading = READINGS.find(({ pattern }) => pattern.test(said));
  if (reading !== undefined) {
    return new AdbFault(reading.code, reading.kind, `\`${call}\`: ${said.trim()}; ${reading.mend}`);
  }
  return new AdbFault("refused", "final", `\`${call}\`: exited with code ${exitCode ?? "none"}${last && `: ${last}`}`);
}
