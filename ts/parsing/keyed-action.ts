import { asciiLowerCase, firstActionKey } from "./action-key.ts";
import type { InvalidReason, ParseResult, Span } from "./parse.ts";

/**
 * f^parse of Gym Cards (RL4VLM): in what follows the first `"action":`, exactly one legal action must occur; otherwise
 * the utterance is invalid, and a uniformly random legal action is executed.
 *
 * Case is ignored. Longer actions are looked for first and taken out, so that `10` never counts as `1`. The same
 * action twice is still one action; its span is the first occurrence.
 *
 * @param legal lower-case actions, at least one.
 */
export function parseKeyedAction<Action extends string>(
  utterance: string,
  legal: readonly Action[],
): ParseResult<Action> {
  const key = firstActionKey(utterance);
  if (key === null) return invalid("no-action-key", legal);
  const [found, another] = occurrences(asciiLowerCase(utterance), key[1], legal);
  if (found === undefined) return invalid("no-legal-action", legal);
  if (another !== undefined) return invalid("ambiguous-action", legal);
  return { kind: "action", action: found.action, factors: { action: found.action }, span: found.span };
}

function invalid<Action extends string>(reason: InvalidReason, legal: readonly Action[]): ParseResult<Action> {
  return { kind: "invalid", reason, fallback: { kind: "random", among: legal } };
}

/** The first occurrence of each action that occurs at or after `from`. */
function occurrences<Action extends string>(
  text: string,
  from: number,
  legal: readonly Action[],
): { action: Action; span: Span }[] {
  const longestFirst = [...legal].sort((one, other) => other.length - one.length);
  let rest = text;
  return longestFirst.flatMap((action) => {
    const start = rest.indexOf(action, from);
    if (start === -1) return [];
    rest = rest.slice(0, from) + rest.slice(from).replaceAll(action, " ".repeat(action.length));
    return [{ action, span: [start, start + action.length] as const }];
  });
}
