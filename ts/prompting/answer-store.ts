import { createHash, randomUUID } from "node:crypto";
import { link, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { imageName } from "../runs/image-store.ts";
import type { EndpointAnswer } from "./dialect.ts";
import type { Endpoint, EndpointSampling } from "./endpoint.ts";
import type { Message } from "./message.ts";

/** Everything that decides an answer. Keys are in the order in which they are hashed. */
export type AnswerOrigin = MessageOrigin & {
  /** Which draw of this answer it is; null at temperature 0, where all draws count as one. */
  draw: Draw | null;
};

/** What was asked of whom, whichever draw it is. */
export type MessageOrigin = AskedOf & Shown;

interface AskedOf {
  kind: string;
  baseUrl: string;
  model: string;
  /** Fields added to the request. */
  body: object;
  sampling: EndpointSampling;
}

/** Images by name, which tells their size and pixels; an encoder may change what they look like as PNG. */
type Shown = { prompt: string; image: string | null } | { parts: readonly ({ text: string } | { image: string })[] };

export interface Draw {
  seed: number;
  /** How often the run had asked the same before. */
  occurrence: number;
}

export function messageOrigin(
  { endpoint, sampling }: { endpoint: Endpoint; sampling: EndpointSampling },
  message: Message,
): MessageOrigin {
  const { kind, baseUrl, model, body } = endpoint;
  return { kind, baseUrl, model, body, sampling, ...shownIn(message) };
}

/** Prompts with or without an image keep the names that they had before there were messages of several parts. */
function shownIn(message: Message): Shown {
  const texts = message.filter((part) => typeof part === "string");
  const [first] = message;
  const [prompt] = texts;
  const image = typeof first === "object" ? first : undefined;
  if (prompt !== undefined && message.length === texts.length + (image === undefined ? 0 : 1) && texts.length === 1) {
    return { prompt, image: image === undefined ? null : imageName(image) };
  }
  return { parts: message.map((part) => (typeof part === "string" ? { text: part } : { image: imageName(part) })) };
}

/** SHA-256 in hexadecimal. */
export function answerKey(origin: MessageOrigin): string {
  return createHash("sha256").update(JSON.stringify(origin)).digest("hex");
}

const tokens = z.int().min(0).nullable();
const storedSchema = z.object({
  origin: z.object({}).loose(),
  answer: z.object({
    utterance: z.string(),
    ending: z.enum(["finished", "cut", "withheld"]),
    model: z.string().nullable(),
    inputTokens: tokens,
    outputTokens: tokens,
  }) satisfies z.ZodType<EndpointAnswer>,
});

/**
 * Answers on disk, a file each, which several runs and processes may share. A file appears under its name only when it
 * is complete, and never changes: of two answers to the same, the first stays.
 */
export class AnswerStore {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Undefined where there is none; a file that cannot be read as one, as a full disk leaves it, is none. */
  async find(key: string): Promise<EndpointAnswer | undefined> {
    const text = await readFile(this.#path(key), "utf8").catch(ignoring("ENOENT"));
    return text === undefined ? undefined : parseStored(text);
  }

  /** Returns the answer that stays. */
  async keep(key: string, origin: AnswerOrigin, answer: EndpointAnswer): Promise<EndpointAnswer> {
    const path = this.#path(key);
    const partial = `${path}.${randomUUID()}.partial`;
    await mkdir(join(path, ".."), { recursive: true });
    await writeFile(partial, `${JSON.stringify({ origin, answer }, null, 2)}\n`);
    try {
      await link(partial, path);
      return answer;
    } catch (error) {
      const first = isCode(error, "EEXIST") ? await this.find(key) : undefined;
      if (first !== undefined) return first;
      // What was there is no answer, or this file system knows no links.
      await rename(partial, path);
      return answer;
    } finally {
      await rm(partial, { force: true });
    }
  }

  /** Folders of two digits, since some file systems are slow with many files in one. */
  #path(key: string): string {
    return join(this.folder, key.slice(0, 2), `${key}.json`);
  }
}

function parseStored(text: string): EndpointAnswer | undefined {
  try {
    return storedSchema.parse(JSON.parse(text)).answer;
  } catch {
    return undefined;
  }
}

function ignoring(code: string): (error: unknown) => undefined {
  return (error) => {
    if (!isCode(error, code)) throw error;
    return undefined;
  };
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
