import { asciiLowerCase, firstActionKey } from "./action-key.ts";
import { parseKeyedAction } from "./keyed-action.ts";
import type { InvalidReason, ParseResult, Span } from "./parse.ts";

const COMMANDS = ["go", "wait"] as const;
const DIRECTIONS = ["up", "down"] as const;
const FLOORS = ["1", "2", "3", "4", "5"] as const;

/** What a lift can be told to do. */
export type Ride = "wait" | `${(typeof DIRECTIONS)[number]} ${(typeof FLOORS)[number]}`;
export const RIDES: readonly Ride[] = [
  ...DIRECTIONS.flatMap((direction) => FLOORS.map((floors): Ride => `${direction} ${floors}`)),
  "wait",
];

const NONE = "none";
/** Factors of a ride; `wait` has neither direction nor floors. */
export const RIDE_FACTORS = [
  { name: "command", labels: COMMANDS },
  { name: "direction", labels: [...DIRECTIONS, NONE] },
  { name: "floors", labels: [...FLOORS, NONE] },
] as const;

const PLAN_KEY = '"plan":';

/**
 * f^parse where the plan decides: `"action":` must name one of `go` and `wait`, as {@link parseKeyedAction} reads it.
 * What `go` does is read from the text of the first `"plan":` before that key. It must contain exactly one of the words
 * `up` and `down`, and exactly one whole number, 1–5; repeated, it still counts as one. Otherwise the utterance is
 * invalid, and a uniformly random ride is executed.
 *
 * Case is ignored. The plan's text goes from the quote behind its key to the next quote. It is the span for `go`.
 */
export function parsePlannedRide(utterance: string): ParseResult<Ride> {
  const command = parseKeyedAction(utterance, COMMANDS);
  if (command.kind === "invalid") return invalid(command.reason);
  if (command.action === "wait") {
    const factors = { command: "wait", direction: NONE, floors: NONE };
    return { kind: "action", action: "wait", factors, span: command.span };
  }

  const text = asciiLowerCase(utterance);
  const span = planSpan(text);
  if (span === null) return invalid("no-plan-key");
  const plan = text.slice(...span);
  const [words, numbers] = [distinct(plan, /(?<!\p{L})(?:up|down)(?!\p{L})/gu), distinct(plan, /\d+/g)];
  if (words.length > 1 || numbers.length > 1) return invalid("ambiguous-plan");
  const direction = DIRECTIONS.find((each) => each === words[0]);
  const floors = FLOORS.find((each) => each === numbers[0]);
  if (direction === undefined || floors === undefined) return invalid("no-legal-plan");
  return { kind: "action", action: `${direction} ${floors}`, factors: { command: "go", direction, floors }, span };
}

function invalid(reason: InvalidReason): ParseResult<Ride> {
  return { kind: "invalid", reason, fallback: { kind: "random", among: RIDES } };
}

/** Where the plan's text stands; null when no plan comes before the action. */
function planSpan(text: string): Span | null {
  const before = text.slice(0, firstActionKey(text)?.[0]);
  const key = before.indexOf(PLAN_KEY);
  if (key === -1) return null;
  const opening = /\s*"?/y;
  opening.lastIndex = key + PLAN_KEY.length;
  opening.exec(before);
  const start = opening.lastIndex;
  const end = before.indexOf('"', start);
  return [start, end === -1 ? before.length : end];
}

function distinct(text: string, pattern: RegExp): string[] {
  return [...new Set(text.match(pattern))];
}
