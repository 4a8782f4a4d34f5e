import { readFile, stat } from "node:fs/promises";
import { basename } from "node:path";
import type { z } from "zod";
import { absent } from "./growing-lines.ts";
import { readLine } from "./json-line.ts";

/** What a file of a run holds: nothing yet, something, or something else than it should. */
export type FileContent<T> = { kind: "absent" } | { kind: "read"; value: T } | { kind: "damaged"; reason: string };

/** A JSON file that another process writes whole, read again when it has changed. */
export class JsonFile<T extends z.ZodType> {
  readonly #path: string;
  readonly #schema: T;
  #seen = "";
  #content: FileContent<z.output<T>> = { kind: "absent" };

  constructor(path: string, schema: T) {
    this.#path = path;
    this.#schema = schema;
  }

  async read(): Promise<FileContent<z.output<T>>> {
    const found = await stat(this.#path).catch(absent);
    const seen = found === undefined ? "" : `${found.ino} ${found.mtimeMs} ${found.size}`;
    if (seen === this.#seen) return this.#content;
    const text = await readFile(this.#path, "utf8").catch(absent);
    this.#content = text === undefined ? { kind: "absent" } : this.#parsed(text);
    this.#seen = seen;
    return this.#content;
  }

  #parsed(text: string): FileContent<z.output<T>> {
    const value = readLine(text, this.#schema);
    return typeof value === "string"
      ? { kind: "damaged", reason: `${basename(this.#path)}: ${value}` }
      : { kind: "read", value };
  }
}
