import type { Span } from "./parse.ts";

const KEY = '"action":';

/** Where the first `"action":` stands, in any case: what follows it is what the parsers read. */
export function firstActionKey(utterance: string): Span | null {
  const start = asciiLowerCase(utterance).indexOf(KEY);
  return start === -1 ? null : [start, start + KEY.length];
}

/**
 * Where the last `"action":` begins, in UTF-16 code units; null when there is none. RL4VLM splits an utterance's
 * log-prob there into thoughts, which count λ, and action.
 */
export function actionStart(utterance: string): number | null {
  const start = asciiLowerCase(utterance).lastIndexOf(KEY);
  return start === -1 ? null : start;
}

/** Lower-cases A–Z alone: other letters may change their length, and offsets must not move. */
export function asciiLowerCase(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
