import { createReadStream } from "node:fs";
import { ConfigError, messageOf } from "../errors.ts";
import { arrayElements } from "./array-elements.ts";
import { type BadRow, type ConversationRow, type RowReading, readRow } from "./conversation-row.ts";
import type { ImageReader } from "./image-reader.ts";

/** All that a file holds. */
export interface ConversationFile {
  readonly rows: readonly ConversationRow[];
  readonly badRows: readonly BadRow[];
}

export interface ReadOptions {
  /** Rows to read; null: all. */
  readonly count?: number | null;
  /** Whether each row's image is there and whole is found out by this; null: images are not looked at. */
  readonly images: ImageReader | null;
  /** Called after each row, with how many are behind us. */
  readonly onRow?: (number: number) => void;
}

/**
 * Reads LLaVA's conversation format: a JSON array of `{id, image, conversations: [{from: "human", value}, {from: "gpt",
 * value}]}`. Text is kept, images are not; equal prompts share their memory.
 * @throws ConfigError when the file cannot be read or is no array of rows.
 */
export async function readConversations(path: string, options: ReadOptions): Promise<ConversationFile> {
  const rows: ConversationRow[] = [];
  const badRows: BadRow[] = [];
  const prompts = new Map<string, string>();
  const imageProblems = new Map<string, string | null>();
  let number = 0;
  for await (const element of elementsOf(path)) {
    if (options.count === number) break;
    number += 1;
    const reading = await withImageChecked(readRow(element, number), options.images, imageProblems);
    options.onRow?.(number);
    if (reading.kind === "bad") {
      badRows.push(reading.row);
      continue;
    }
    const { prompt } = reading.row;
    const known = prompts.get(prompt) ?? prompt;
    prompts.set(known, known);
    rows.push({ ...reading.row, prompt: known });
  }
  if (number === 0) throw new ConfigError(`${path}: expected rows to learn from, got an empty array`);
  return { rows, badRows };
}

const NUM_SHOWN = 20;

/** A line for each of the first bad rows, and how many more there are. */
export function describeBadRows(badRows: readonly BadRow[]): string {
  const lines = badRows
    .slice(0, NUM_SHOWN)
    .map(({ number, id, problem }) => `  row ${number}${id === null ? "" : ` (id ${JSON.stringify(id)})`}: ${problem}`);
  if (badRows.length > NUM_SHOWN) lines.push(`  … and ${badRows.length - NUM_SHOWN} more`);
  return lines.join("\n");
}

async function* elementsOf(path: string): AsyncGenerator<string> {
  const stream = createReadStream(path, "utf8");
  try {
    yield* arrayElements(stream, path);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError(`${path}: expected a file that can be read: ${messageOf(error)}`, { cause: error });
  } finally {
    stream.destroy();
  }
}

async function withImageChecked(
  reading: RowReading,
  images: ImageReader | null,
  known: Map<string, string | null>,
): Promise<RowReading> {
  if (images === null || reading.kind === "bad" || reading.row.image === null) return reading;
  const { image: path, number, id } = reading.row;
  let problem = known.get(path);
  if (problem === undefined) {
    const read = await images.read(path);
    problem = read.kind === "problem" ? read.problem : null;
    known.set(path, problem);
  }
  return problem === null ? reading : { kind: "bad", row: { number, id, problem: `image ${path}: ${problem}` } };
}
