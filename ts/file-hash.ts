import { createHash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";
import { ConfigError, messageOf } from "./errors.ts";

const PIECE = 2 ** 20;

/**
 * SHA-256 of a file's bytes, in hex, however large it is.
 * @throws ConfigError when it cannot be read.
 */
export function sha256Of(path: string): string {
  const hash = createHash("sha256");
  const piece = Buffer.alloc(PIECE);
  try {
    const file = openSync(path, "r");
    try {
      for (let length = readSync(file, piece); length > 0; length = readSync(file, piece)) {
        hash.update(piece.subarray(0, length));
      }
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw new ConfigError(`${path}: expected a file that can be read: ${messageOf(error)}`, { cause: error });
  }
  return hash.digest("hex");
}
