import { asciiLowerCase, firstActionKey } from "./action-key.ts";
import type { Command, FactorsOf } from "./admissible-command.ts";
import type { ParseResult } from "./parse.ts";

const THING = "[a-z]+ \\d+";
/** Commands of ALFWorld's grammar, in the words of 0.4 and of the versions before it. */
const FORMS = [
  "look",
  "inventory",
  `(?:go to|open|close|use|examine) ${THING}`,
  `take ${THING} from ${THING}`,
  `move ${THING} to ${THING}`,
  `put ${THING} (?:in\\/on|in|on) ${THING}`,
  `(?:clean|heat|cool|slice) ${THING} with ${THING}`,
];
const COMMAND = new RegExp(`(?<![\\p{L}\\p{N}])(?:${FORMS.join("|")})(?![\\p{L}\\p{N}])`, "u");

/**
 * f^parse of ALFWorld for texts whose admissible commands nobody wrote down, such as the rows of a data file: the first
 * command of the game's grammar in what follows the first `"action":`. Case is ignored. What an invalid one falls back
 * on is `look`, which is admissible everywhere.
 */
export function parseWrittenCommand(utterance: string, factorsOf: FactorsOf): ParseResult<Command> {
  const fallback = { kind: "fixed", action: { instead: "look" } } as const;
  const key = firstActionKey(utterance);
  if (key === null) return { kind: "invalid", reason: "no-action-key", fallback };
  const found = COMMAND.exec(asciiLowerCase(utterance.slice(key[1])));
  if (found === null) return { kind: "invalid", reason: "no-legal-action", fallback };
  const [command] = found;
  const start = key[1] + found.index;
  return { kind: "action", action: command, factors: factorsOf(command), span: [start, start + command.length] };
}
