import type { Span } from "./parse.ts";

const KEY = '"action":';
/** What stands before the action: in Gym Cards and ALFWorld, in AutoUI's form, in CogAgent's; in lower case. */
const STARTS = [KEY, "action decision:", "grounded operation:"] as const;

/** Where the first `"action":` stands, in any case: what follows it is what the parsers read. */
export function firstActionKey(utterance: string): Span | null {
  const start = asciiLowerCase(utterance).indexOf(KEY);
  return start === -1 ? null : [start, start + KEY.length];
}

/**
 * Where the last `"action":` begins, or what stands for it in other forms, in UTF-16 code units; null when there is none.
 * RL4VLM splits an utterance's log-prob there into thoughts, which count λ, and action.
 */
export function actionStart(utterance: string): number | null {
  const text = asciiLowerCase(utterance);
  const start = Math.max(...STARTS.map((each) => text.lastIndexOf(each)));
  return start === -1 ? null : start;
}

/** Lower-cases A–Z alone: other letters may change their length, and offsets must not move. */
export function asciiLowerCase(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
