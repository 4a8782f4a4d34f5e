import { PassThrough, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import type { Command } from "commander";
import type { Streams } from "../../ts/commands/lines.ts";

/** What a command wrote, and what it threw. */
export interface Conversation {
  output: string;
  error: unknown;
}

/** Runs a command on `input`, as if typed at a terminal where `isTerminal`. */
export async function converse(
  create: (streams: Streams) => Command,
  args: readonly string[],
  { input = "", isTerminal = false }: { input?: string; isTerminal?: boolean } = {},
): Promise<Conversation> {
  const stdin = Object.assign(Readable.from([input]), { isTTY: isTerminal });
  const stdout = new PassThrough();
  const output = text(stdout);
  const command = create({ stdin, stdout })
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  const error: unknown = await command.parseAsync([...args], { from: "user" }).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  stdout.end();
  return { output: await output, error };
}

export function jsonLines(output: string): unknown[] {
  return output
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}
