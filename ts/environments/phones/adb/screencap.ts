import { messageOf } from "../../../errors.ts";
import { decodePng } from "../../../png.ts";
import type { RgbImage } from "../../environment.ts";
import type { Adb } from "./adb.ts";
import { AdbFault } from "./fault.ts";

const SIGNATURE = Buffer.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const END = Buffer.from("IEND", "latin1");

/** A picture of the screen as it was sent. */
export interface Frame {
  readonly png: Buffer;
  /** Pixels, in the orientation that the screen has now, which is the one that taps are counted in. */
  readonly width: number;
  readonly height: number;
}

/** @throws DeviceError `screenshot` when what comes is no whole PNG, time after time. */
export function captureFrame(adb: Adb): Promise<Frame> {
  return adb.ask(SCREENCAP, readFrame);
}

/** The same, decoded: RGB, without the transparency that screens do not have. */
export function captureImage(adb: Adb): Promise<Frame & { image: RgbImage }> {
  return adb.ask(SCREENCAP, (stdout) => {
    const frame = readFrame(stdout);
    try {
      return { ...frame, image: decodePng(frame.png) };
    } catch (error) {
      throw broken(`a damaged PNG (${messageOf(error)})`);
    }
  });
}

// `exec-out` leaves bytes as they are; `shell` may turn line feeds into two characters.
const SCREENCAP = { args: ["exec-out", "screencap -p"], isHarmless: true };

function readFrame(stdout: Buffer): Frame {
  // Warnings, such as of several displays, come before the picture.
  const start = stdout.indexOf(SIGNATURE);
  if (start === -1) throw broken(`no PNG: ${JSON.stringify(stdout.toString("utf8", 0, 200))}`);
  const png = stdout.subarray(start);
  // The last chunk is its name and four bytes of checksum.
  if (png.lastIndexOf(END) !== png.length - 8) throw broken(`${png.length} bytes of a PNG without its end`);
  return { png, width: png.readUInt32BE(16), height: png.readUInt32BE(20) };
}

function broken(what: string): AdbFault {
  return new AdbFault("screenshot", "uncertain", `\`adb exec-out screencap -p\`: expected a PNG, received ${what}`);
}
