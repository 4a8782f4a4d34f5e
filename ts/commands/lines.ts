import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";

/** Where a command that converses reads and writes; `process` is one. */
export interface Streams {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable;
}

export interface NumberedLine {
  /** From 1, blank lines counted. */
  readonly number: number;
  readonly text: string;
}

/** Lines as they arrive, so that a program at the other end can wait for each answer; blank ones are left out. */
export async function* linesOf(input: Readable): AsyncGenerator<NumberedLine> {
  let number = 0;
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  try {
    for await (const text of lines) {
      number += 1;
      if (text.trim() !== "") yield { number, text };
    }
  } finally {
    // Leaving the loop early does not: a terminal would go on being read, and the process would not end.
    lines.close();
  }
}
