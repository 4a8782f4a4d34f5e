import type { FactorsOfPhoneAction } from "./autoui-utterance.ts";
import type { InvalidReason, ParseResult, Span } from "./parse.ts";
import type { PhoneAction, PhoneActionType, ScreenPoint } from "./phone-action.ts";

const MARKER = "Grounded Operation:";
/** CogAgent writes points in thousandths of the screen. */
const SCALE = 1000;

/** Operations that are told by words anywhere behind the marker, in the order in which they are looked for. */
const OPERATIONS: readonly (readonly [words: string, action: PhoneAction])[] = [
  ["press home", { type: "PRESS_HOME" }],
  ["press back", { type: "PRESS_BACK" }],
  ["press enter", { type: "PRESS_ENTER" }],
  ["task complete", { type: "STATUS_TASK_COMPLETE" }],
  ["task impossible", { type: "TASK_IMPOSSIBLE" }],
  ["swipe up", swipe({ x: 0.5, y: 0.5 }, { x: 0.5, y: 0.2 })],
  ["swipe down", swipe({ x: 0.5, y: 0.2 }, { x: 0.5, y: 0.5 })],
  ["swipe left", swipe({ x: 0.8, y: 0.5 }, { x: 0.2, y: 0.5 })],
  ["swipe right", swipe({ x: 0.2, y: 0.5 }, { x: 0.8, y: 0.5 })],
];

/**
 * f^parse of CogAgent's grounded operations as DigiRL reads them: what stands between the first `Grounded Operation:` and
 * the next. It begins with `tap`, and a point `[[x,y]]` in thousandths follows; or its first word holds `type`, and the
 * first text in double quotes is typed; or one of {@link OPERATIONS}' words occurs. Anything else is invalid, and `IDLE` is
 * executed.
 */
export function parseCogAgent(
  utterance: string,
  factorsOf: FactorsOfPhoneAction = ({ type }) => ({ type }),
): ParseResult<PhoneAction> {
  const marker = utterance.indexOf(MARKER);
  if (marker === -1) return idle("no-grounded-operation");
  const start = marker + MARKER.length;
  const next = utterance.indexOf(MARKER, start);
  const operation = utterance.slice(start, next === -1 ? undefined : next);
  const [first = ""] = operation.split(" ");
  const read = first === "tap" ? tapIn(operation) : first.includes("type") ? typingIn(operation) : wordsIn(operation);
  if ("reason" in read) return idle(read.reason);
  const { action, span } = read;
  return { kind: "action", action, factors: factorsOf(action), span: [start + span[0], start + span[1]] };
}

type Read = { readonly action: PhoneAction; readonly span: Span } | { readonly reason: InvalidReason };

function tapIn(operation: string): Read {
  const opening = operation.indexOf("[[");
  const inside = operation.slice(opening + 2).split("[[")[0] ?? "";
  const [x = "", rest = ""] = inside.split(",");
  const [y = ""] = rest.split("]]");
  if (opening === -1 || !inside.includes(",") || ![x, y].every(isWhole)) return { reason: "no-point" };
  const point = { x: wholeNumber(x) / SCALE, y: wholeNumber(y) / SCALE };
  return { action: swipe(point, point), span: [0, opening + 2 + x.length + 1 + y.length] };
}

function typingIn(operation: string): Read {
  const [before = "", text] = operation.split('"');
  if (text === undefined) return { reason: "no-typed-text" };
  return { action: { type: "TYPE", text }, span: [0, before.length + 1 + text.length] };
}

function wordsIn(operation: string): Read {
  for (const [words, action] of OPERATIONS) {
    const at = operation.indexOf(words);
    if (at !== -1) return { action, span: [at, at + words.length] };
  }
  return { reason: "unknown-action-type" };
}

/** An action as {@link parseCogAgent} reads it; a swipe is one of the four that there are. Null where there are no words. */
export function cogAgentOperation(action: PhoneAction): string | null {
  switch (action.type) {
    case "DUAL_POINT": {
      const { touch, lift } = action;
      const [right, down] = [lift.x - touch.x, lift.y - touch.y];
      if (right === 0 && down === 0) return `tap [[${Math.round(touch.x * SCALE)},${Math.round(touch.y * SCALE)}]]`;
      if (Math.abs(right) > Math.abs(down)) return right < 0 ? "swipe left" : "swipe right";
      return down < 0 ? "swipe up" : "swipe down";
    }
    case "TYPE":
      return `type "${action.text}"`;
    default:
      return OPERATIONS.find(([, { type }]) => type === action.type)?.[0] ?? null;
  }
}

/** As Python's `int` reads a text. */
function isWhole(text: string): boolean {
  return /^\s*[+-]?\d(?:_?\d)*\s*$/.test(text);
}

function wholeNumber(text: string): number {
  return Number(text.trim().replaceAll("_", ""));
}

function swipe(touch: ScreenPoint, lift: ScreenPoint): PhoneAction & { type: PhoneActionType } {
  return { type: "DUAL_POINT", touch, lift };
}

function idle(reason: InvalidReason): ParseResult<PhoneAction> {
  return { kind: "invalid", reason, fallback: { kind: "fixed", action: { type: "IDLE" } } };
}
