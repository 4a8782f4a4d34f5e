import { asciiLowerCase, firstActionKey } from "./action-key.ts";
import type { InvalidReason, ParseResult, Span } from "./parse.ts";

/**
 * How a command is found in what was written.
 * - `longest`: the first that is written out, of several that begin there the longest; `cabinet 1` is not in `cabinet 10`
 * - `reference`: RL4VLM's, which takes the first command of the list that is contained, as `cabinet 1` is in `cabinet 10`,
 *   and looks at the last 30 characters where the action's key is missing
 */
export type CommandMatching = "longest" | "reference";

/** What is executed: a command of the game, or one that stands in for an utterance that named none, at a cost. */
export type Command = string | { readonly instead: string };

/** A command as factors see it. */
export type FactorsOf = (command: string) => Readonly<Record<string, string>>;

/**
 * f^parse of ALFWorld (RL4VLM): in what follows the first `"action":`, an admissible command must occur; otherwise the
 * utterance is invalid, and a uniformly random admissible command is executed, at a cost.
 *
 * Case is ignored. ALFWorld 0.4 says `move X to Y` where versions before it, and the paper, say `put X in/on Y`: an
 * utterance may say either, and either without one of its prepositions.
 *
 * @param admissible commands of the game in its own words, at least one.
 */
export function parseAdmissibleCommand(
  utterance: string,
  admissible: readonly string[],
  matching: CommandMatching,
  factorsOf: FactorsOf,
): ParseResult<Command> {
  const key = firstActionKey(utterance);
  const text = asciiLowerCase(utterance);
  const found =
    matching === "longest"
      ? key && firstWritten(text, key[1], admissible)
      : firstListed(text, key?.[1] ?? Math.max(0, text.length - REFERENCE_TAIL), admissible);
  if (found === null) return invalid(key === null ? "no-action-key" : "no-legal-action", admissible);
  const { command, span } = found;
  return { kind: "action", action: command, factors: factorsOf(command), span };
}

const REFERENCE_TAIL = 30;

interface Found {
  readonly command: string;
  readonly span: Span;
}

function firstWritten(text: string, from: number, admissible: readonly string[]): Found | null {
  const written = admissible.flatMap((command) =>
    wordings(command).flatMap((wording): Found[] => {
      const start = wholeIndex(text, wording, from);
      return start === -1 ? [] : [{ command, span: [start, start + wording.length] }];
    }),
  );
  const [first] = written.sort((one, other) => one.span[0] - other.span[0] || other.span[1] - one.span[1]);
  return first ?? null;
}

function firstListed(text: string, from: number, admissible: readonly string[]): Found | null {
  for (const command of admissible) {
    const start = text.indexOf(command, from);
    if (start !== -1) return { command, span: [start, start + command.length] };
  }
  return null;
}

/** Where `wording` begins as whole words: no letter or digit goes on before or after it. */
function wholeIndex(text: string, wording: string, from: number): number {
  for (let start = text.indexOf(wording, from); start !== -1; start = text.indexOf(wording, start + 1)) {
    const [before, after] = [text[start - 1] ?? "", text[start + wording.length] ?? ""];
    if (!/[\p{L}\p{N}]/u.test(before) && !/[\p{L}\p{N}]/u.test(after)) return start;
  }
  return -1;
}

/** The command itself, and what else it is called. */
function wordings(command: string): string[] {
  const [, object, receptacle] = /^move (.+) to (.+)$/.exec(command) ?? /^put (.+) in\/on (.+)$/.exec(command) ?? [];
  if (object === undefined) return [command];
  return [
    command,
    ...["in/on", "in", "on"].map((preposition) => `put ${object} ${preposition} ${receptacle}`),
    `move ${object} to ${receptacle}`,
  ];
}

function invalid(reason: InvalidReason, admissible: readonly string[]): ParseResult<Command> {
  return { kind: "invalid", reason, fallback: { kind: "random", among: admissible.map((instead) => ({ instead })) } };
}
