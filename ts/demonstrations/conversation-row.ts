import { z } from "zod";
import { messageOf } from "../errors.ts";

/** Where the image stands among a human turn's words. */
const IMAGE = "<image>";

/** A row of LLaVA's conversation format that can be learned from. */
export interface ConversationRow {
  /** From 1. */
  readonly number: number;
  /** The row's own name for itself, where it has one. */
  readonly id: string | null;
  /** As people are asked: without the image's placeholder and the line break beside it. */
  readonly prompt: string;
  readonly utterance: string;
  /** Path as the file has it; null for text alone. */
  readonly image: string | null;
  /** Turns behind the first question and answer, which are not learned from. */
  readonly laterTurns: number;
}

export interface BadRow {
  readonly number: number;
  readonly id: string | null;
  readonly problem: string;
}

export type RowReading = { kind: "row"; row: ConversationRow } | { kind: "bad"; row: BadRow };

/** What is written, in the order in which LLaVA's own files have it. */
export interface WrittenRow {
  id: string;
  image?: string;
  conversations: [{ from: "human"; value: string }, { from: "gpt"; value: string }];
}

const turn = z.looseObject({ from: z.string(), value: z.string() });
const rowSchema = z.looseObject({
  id: z.union([z.string(), z.number()]).nullish(),
  image: z
    .string({ error: "expected one path, as text" })
    .min(1, { error: "expected a path, got an empty text" })
    .nullish(),
  conversations: z.array(turn),
});

export function writtenRow(id: string, prompt: string, utterance: string, image: string | null): WrittenRow {
  return {
    id,
    ...(image !== null && { image }),
    conversations: [
      { from: "human", value: image === null ? prompt : `${IMAGE}\n${prompt}` },
      { from: "gpt", value: utterance },
    ],
  };
}

/** Reads one element of the file's array. */
export function readRow(text: string, number: number): RowReading {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    const problem = text === "" ? "nothing between two commas" : `not JSON: ${messageOf(error)}`;
    return { kind: "bad", row: { number, id: null, problem } };
  }
  const parsed = rowSchema.safeParse(json);
  const id = idOf(json);
  if (!parsed.success) {
    return { kind: "bad", row: { number, id, problem: parsed.error.issues.map(describeIssue).join("; ") } };
  }
  const { image = null, conversations } = parsed.data;
  const problems = problemsOf(image, conversations);
  if (problems.length > 0) return { kind: "bad", row: { number, id, problem: problems.join("; ") } };
  const [human, gpt] = conversations;
  const row = {
    number,
    id,
    prompt: withoutImage(human?.value ?? ""),
    utterance: gpt?.value ?? "",
    image,
    laterTurns: conversations.length - 2,
  };
  return { kind: "row", row };
}

function problemsOf(image: string | null, conversations: readonly z.output<typeof turn>[]): string[] {
  const problems: string[] = [];
  for (const [index, speaker] of (["human", "gpt"] as const).entries()) {
    const found = conversations[index];
    const where = `conversations[${index}]`;
    if (found === undefined) problems.push(`${where}: missing; expected a turn from "${speaker}"`);
    else if (found.from !== speaker) problems.push(`${where}.from: expected "${speaker}", got "${found.from}"`);
    else if (found.value.trim() === "") problems.push(`${where}.value: expected text, got an empty one`);
  }
  const question = conversations[0]?.value ?? "";
  const numPlaces = question.split(IMAGE).length - 1;
  const expected = image === null ? 0 : 1;
  if (conversations.length > 0 && numPlaces !== expected) {
    const why = image === null ? "the row has no image" : "the row has one image";
    problems.push(`conversations[0].value: expected ${IMAGE} ${expected} times, as ${why}, got it ${numPlaces} times`);
  } else if (conversations[0]?.from === "human" && question !== "" && withoutImage(question).trim() === "") {
    problems.push(`conversations[0].value: expected a prompt beside ${IMAGE}, got none`);
  }
  return problems;
}

/** The policy's chat template puts the image in its place, as LLaVA's own training puts it in front. */
function withoutImage(value: string): string {
  if (value.includes(`${IMAGE}\n`)) return value.replace(`${IMAGE}\n`, "");
  return value.replace(`\n${IMAGE}`, "").replace(IMAGE, "");
}

function idOf(json: unknown): string | null {
  const id: unknown = typeof json === "object" && json !== null ? Reflect.get(json, "id") : null;
  return typeof id === "string" || typeof id === "number" ? String(id) : null;
}

function describeIssue({ path, message, ...issue }: z.core.$ZodIssue): string {
  const where = path.reduce<string>(
    (text, key) => (typeof key === "number" ? `${text}[${key}]` : `${text}${text === "" ? "" : "."}${String(key)}`),
    "",
  );
  const problem = issue.code === "invalid_type" && message.endsWith("received undefined") ? "missing" : message;
  return where === "" ? `expected an object: ${message}` : `${where}: ${problem}`;
}
