import { appendFileSync, existsSync, statSync, truncateSync } from "node:fs";
import { RunFolderError } from "../errors.ts";

/** A file of one JSON value a line that only grows, and can be cut back to where a checkpoint was taken. */
export class JsonLines {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** Written before it returns, so that a checkpoint taken next never lacks a line. */
  append(value: unknown): void {
    appendFileSync(this.path, `${JSON.stringify(value)}\n`);
  }

  /** Length in bytes; 0 while the file does not exist. */
  get size(): number {
    return existsSync(this.path) ? statSync(this.path).size : 0;
  }

  /** @throws RunFolderError when the file is already shorter than `bytes`. */
  truncate(bytes: number): void {
    if (this.size < bytes) {
      throw new RunFolderError(
        `${this.path}: expected at least ${bytes} bytes, as the checkpoint recorded, found ${this.size}; ` +
          "the file was changed from outside, so the run cannot be resumed: start a new one with --out",
      );
    }
    if (this.size > bytes) truncateSync(this.path, bytes);
  }
}
