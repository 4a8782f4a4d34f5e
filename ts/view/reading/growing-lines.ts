import { type FileHandle, open, stat } from "node:fs/promises";
import { crc32 } from "node:zlib";

/** Who is told of the lines of a file, in their order. */
export interface LineReader {
  /** The next whole line, without its end; `start` is its first byte in the file. */
  line(text: string, start: number): void;
  /** Only the first `count` lines are still there: a run that was resumed cuts its files back. */
  keep(count: number): void;
}

interface Line {
  readonly start: number;
  /** Of its line end, exclusive. */
  readonly end: number;
  readonly crc: number;
}

const LINE_END = 0x0a;
const CHUNK_BYTES = 1 << 20;

/** A file of lines that another process writes: each is read once, as soon as it is whole, until the file is cut back. */
export class GrowingLines {
  readonly #path: string;
  readonly #reader: LineReader;
  #lines: Line[] = [];
  #seen = "";
  #reading: Promise<void> = Promise.resolve();

  constructor(path: string, reader: LineReader) {
    this.#path = path;
    this.#reader = reader;
  }

  /** Tells the reader what has changed; calls that overlap wait for each other. A missing file has no lines. */
  refresh(): Promise<void> {
    this.#reading = this.#reading.catch(() => undefined).then(() => this.#refresh());
    return this.#reading;
  }

  /** The line of this number, from 0, as it stands in the file; undefined when there is none. */
  async read(line: number): Promise<string | undefined> {
    const found = this.#lines[line];
    if (found === undefined) return undefined;
    return withFile(this.#path, async (file) => textOf(await bytesOf(file, found.start, found.end - 1)));
  }

  async #refresh(): Promise<void> {
    const found = await stat(this.#path).catch(absent);
    const size = found?.size ?? 0;
    const seen = found === undefined ? "" : `${found.ino} ${found.mtimeMs} ${size}`;
    if (seen === this.#seen) return;
    const kept = this.#lines.findLastIndex(({ end }) => end <= size) + 1;
    if (kept < this.#lines.length) this.#keep(kept);
    if (found === undefined) this.#keep(0);
    else
      await withFile(this.#path, async (file) => {
        if (!(await this.#endsAsRead(file))) this.#keep(0);
        await this.#readOn(file, size);
      });
    this.#seen = seen;
  }

  /** Whether the last line is still the one that was read: a file cut back may have grown again since. */
  async #endsAsRead(file: FileHandle): Promise<boolean> {
    const last = this.#lines.at(-1);
    if (last === undefined) return true;
    return crc32(await bytesOf(file, last.start, last.end)) === last.crc;
  }

  async #readOn(file: FileHandle, size: number): Promise<void> {
    let start = this.#lines.at(-1)?.end ?? 0;
    let parts: Buffer[] = [];
    for (let from = start; from < size; from += CHUNK_BYTES) {
      const chunk = await bytesOf(file, from, Math.min(size, from + CHUNK_BYTES));
      let rest = 0;
      for (let end = chunk.indexOf(LINE_END); end >= 0; end = chunk.indexOf(LINE_END, rest)) {
        const line = Buffer.concat([...parts, chunk.subarray(rest, end + 1)]);
        this.#lines.push({ start, end: start + line.length, crc: crc32(line) });
        this.#reader.line(textOf(line.subarray(0, -1)), start);
        start += line.length;
        parts = [];
        rest = end + 1;
      }
      parts.push(chunk.subarray(rest));
    }
  }

  #keep(count: number): void {
    this.#lines = this.#lines.slice(0, count);
    this.#reader.keep(count);
  }
}

/** Of a file that its owner may delete at any time; undefined then. */
async function withFile<T>(path: string, work: (file: FileHandle) => Promise<T>): Promise<T | undefined> {
  const file = await open(path, "r").catch(absent);
  if (file === undefined) return undefined;
  try {
    return await work(file);
  } finally {
    await file.close();
  }
}

async function bytesOf(file: FileHandle, start: number, end: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(end - start), 0, end - start, start);
  return buffer.subarray(0, bytesRead);
}

function textOf(bytes: Buffer): string {
  return bytes.toString("utf8");
}

export function absent(error: unknown): undefined {
  if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR"))
    return undefined;
  throw error;
}
