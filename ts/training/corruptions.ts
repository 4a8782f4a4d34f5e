import type { Span } from "../parsing/parse.ts";
import type { RandomStream } from "../random.ts";

/** What a corruption may draw on. */
export interface CorruptionSource {
  /** Labels of all factors: putting one where the action stands also shows actions that demonstrations leave out. */
  labels: readonly string[];
  /** Words of other utterances. */
  words: readonly string[];
  /** y_null as text: what an SCM will see in place of a token when weights are computed. */
  nullText: string;
}

/**
 * Changes an utterance as a policy's errors would, so that an SCM trained on the result knows rare actions, broken
 * formats and thoughts that do not fit the action. `span` is the part that decides the action; null when none does.
 * The result says nothing about its label: that is f^parse's to tell.
 */
export function corrupted(
  utterance: string,
  span: Span | null,
  source: CorruptionSource,
  random: RandomStream,
): string {
  const kinds = span === null ? withoutSpan : withSpan;
  switch (random.pick(kinds)) {
    case "action":
      return span === null ? utterance : spliced(utterance, span, random.pick(source.labels));
    case "no action":
      return span === null ? utterance : spliced(utterance, span, "");
    case "nullified action":
      return span === null ? utterance : spliced(utterance, span, source.nullText);
    case "nullified near action":
      return nullified(utterance, span, source.nullText, random);
    case "nullified":
      return nullified(utterance, null, source.nullText, random);
    case "around action":
      return span === null ? utterance : editedAround(utterance, span, random);
    case "characters":
      return edited(utterance, random.int(1, 6), random);
    case "words":
      return wordsReplaced(utterance, source.words, random);
    case "cut":
      return utterance.slice(0, random.int(0, utterance.length));
  }
}

const withoutSpan = ["nullified", "characters", "words", "cut"] as const;
/**
 * Most of the corruptions concern the action itself. Some take it away or nullify it: an SCM that never saw an action
 * missing takes the commoner one for granted, and finds no effect in nullifying the token that decides. Some nullify
 * what stands beside it, such as its key, without which f^parse finds no action either.
 */
const withSpan = [
  "action",
  "action",
  "action",
  "action",
  "no action",
  "nullified action",
  "nullified action",
  "nullified near action",
  "nullified near action",
  "nullified near action",
  "nullified",
  "around action",
  "characters",
  "words",
  "cut",
] as const;

function spliced(text: string, [start, end]: Span, replacement: string): string {
  return text.slice(0, start) + replacement + text.slice(end);
}

/** Characters within reach of the action, where a change most often breaks the parse. */
const reach = 12;

/** One word or mark, as near to a token as text shows; where `near` is given, one within reach of it but not of it. */
function nullified(text: string, near: Span | null, nullText: string, random: RandomStream): string {
  const places = [...text.matchAll(/\w+|[^\w\s]/g)]
    .map(({ index, 0: word }): Span => [index, index + word.length])
    .filter(([start, end]) => near === null || isBeside([start, end], near));
  return places.length === 0 ? text : spliced(text, random.pick(places), nullText);
}

function isBeside([start, end]: Span, [from, to]: Span): boolean {
  return (end <= from && end > from - reach) || (start >= to && start < to + reach);
}

function editedAround(text: string, [start, end]: Span, random: RandomStream): string {
  const from = Math.max(0, start - reach);
  const to = Math.min(text.length, end + reach);
  return spliced(text, [from, to], edited(text.slice(from, to), random.int(1, 3), random));
}

/** `count` characters deleted, doubled or exchanged for another of the same text. */
function edited(text: string, count: number, random: RandomStream): string {
  const characters = [...text];
  for (let edit = 0; edit < count && characters.length > 0; edit++) {
    const position = random.int(0, characters.length - 1);
    const character = characters[position] ?? "";
    const replacement = random.pick([[], [character, character], [random.pick(characters)]]);
    characters.splice(position, 1, ...replacement);
  }
  return characters.join("");
}

function wordsReplaced(text: string, words: readonly string[], random: RandomStream): string {
  const pieces = text.split(/(\s+)/);
  const places = pieces.flatMap((piece, place) => (piece.trim() === "" ? [] : [place]));
  if (places.length === 0 || words.length === 0) return text;
  for (let count = random.int(1, 3); count > 0; count--) pieces[random.pick(places)] = random.pick(words);
  return pieces.join("");
}
