import type { InvalidReason, ParseResult, Span } from "./parse.ts";
import { PHONE_ACTION_TYPES, type PhoneAction, type PhoneActionType, type ScreenPoint } from "./phone-action.ts";

/** What {@link parseAutoUi} hands on beside the action's type, as labels of further factors. */
export type FactorsOfPhoneAction = (action: PhoneAction) => Readonly<Record<string, string>>;

const MARKER = "Action Decision: ";
const SEPARATOR = ", ";

/**
 * f^parse of Android in the Wild as DigiRL reads AutoUI's utterances, quirks included: what stands between the first
 * `Action Decision: ` and the next is split at `, ` into six fields, whatever quotes say. Of a field counts what stands
 * between its first `: ` and the next.
 *
 * Without the marker, or with another number of fields (as where typed text holds `, `), the utterance is invalid and ends
 * the episode: `TASK_IMPOSSIBLE` is executed. Where a field cannot be read, it is invalid and `IDLE` is executed.
 *
 * Points may lie outside the screen, as in the reference, and then touch nothing. Unlike there, a point that is not
 * finite, or not two numbers, is a field that cannot be read; the reference drops the device.
 *
 * The span goes from the type to the last field that its action needs.
 */
export function parseAutoUi(
  utterance: string,
  factorsOf: FactorsOfPhoneAction = ({ type }) => ({ type }),
): ParseResult<PhoneAction> {
  const fields = decisionFields(utterance);
  if (fields === null) return ending("no-action-decision");
  const [type, touchY, touchX, liftY, liftX, text, ...more] = fields;
  if (text === undefined || liftX === undefined || more.length > 0) return ending("not-six-fields");
  const named = fieldValue(utterance, type, QUOTES);
  if (named === null) return idle("no-action-type");
  const known = PHONE_ACTION_TYPES.find((each) => each === named.text);
  if (known === undefined) return idle("unknown-action-type");

  const read = actionOf(known);
  if ("reason" in read) return idle(read.reason);
  return { kind: "action", action: read.action, factors: factorsOf(read.action), span: [named.span[0], read.end] };

  function actionOf(type: PhoneActionType): { action: PhoneAction; end: number } | { reason: InvalidReason } {
    switch (type) {
      case "DUAL_POINT": {
        const touch = pointOf(utterance, touchY, touchX);
        const lift = pointOf(utterance, liftY, liftX);
        if (touch === null || lift === null) return { reason: "no-point" };
        return { action: { type, touch: touch.point, lift: lift.point }, end: lift.end };
      }
      case "TYPE": {
        const typed = fieldValue(utterance, text, QUOTES);
        if (typed === null) return { reason: "no-typed-text" };
        return { action: { type, text: typed.text }, end: Math.max(typed.span[1], named?.span[1] ?? 0) };
      }
      default:
        return { action: { type }, end: named?.span[1] ?? 0 };
    }
  }
}

const QUOTES = '"';
const QUOTES_AND_BRACKETS = '[]"';

interface Value {
  readonly text: string;
  readonly span: Span;
}

/** Where the fields stand; null without the marker. */
function decisionFields(utterance: string): Span[] | null {
  const marker = utterance.indexOf(MARKER);
  if (marker === -1) return null;
  const start = marker + MARKER.length;
  const end = orEnd(utterance.indexOf(MARKER, start), utterance.length);
  const fields: Span[] = [];
  for (let from = start; ; ) {
    const separator = utterance.indexOf(SEPARATOR, from);
    if (separator === -1 || separator + SEPARATOR.length > end) return [...fields, [from, end]];
    fields.push([from, separator]);
    from = separator + SEPARATOR.length;
  }
}

/** What stands between the first `: ` of a field and the next, rid of `around` at both ends. */
function fieldValue(utterance: string, field: Span | undefined, around: string): Value | null {
  if (field === undefined) return null;
  const [from, to] = field;
  const colon = utterance.slice(from, to).indexOf(": ");
  if (colon === -1) return null;
  let start = from + colon + 2;
  let end = start + orEnd(utterance.slice(start, to).indexOf(": "), to - start);
  while (start < end && around.includes(utterance.charAt(start))) start++;
  while (end > start && around.includes(utterance.charAt(end - 1))) end--;
  return { text: utterance.slice(start, end), span: [start, end] };
}

/** The two fields of a point are one text again, `"touch_point": "[y, x]"`. */
function pointOf(
  utterance: string,
  first: Span | undefined,
  second: Span | undefined,
): { point: ScreenPoint; end: number } | null {
  if (first === undefined || second === undefined) return null;
  const value = fieldValue(utterance, [first[0], second[1]], QUOTES_AND_BRACKETS);
  const [y, x, ...more] = (value?.text ?? "").split(SEPARATOR).map(numberOf);
  if (value === null || y === undefined || x === undefined || more.length > 0) return null;
  return Number.isFinite(x) && Number.isFinite(y) ? { point: { x, y }, end: value.span[1] } : null;
}

/** As Python's `float` reads a decimal number; NaN where it would not, or where it would read no finite one. */
function numberOf(text: string): number {
  const digits = String.raw`\d(?:_?\d)*`;
  const decimal = new RegExp(String.raw`^[+-]?(?:${digits}\.?(?:${digits})?|\.${digits})(?:[eE][+-]?${digits})?$`);
  const trimmed = text.trim();
  return decimal.test(trimmed) ? Number(trimmed.replaceAll("_", "")) : Number.NaN;
}

function orEnd(index: number, end: number): number {
  return index === -1 ? end : index;
}

function ending(reason: InvalidReason): ParseResult<PhoneAction> {
  return { kind: "invalid", reason, fallback: { kind: "fixed", action: { type: "TASK_IMPOSSIBLE" } } };
}

function idle(reason: InvalidReason): ParseResult<PhoneAction> {
  return { kind: "invalid", reason, fallback: { kind: "fixed", action: { type: "IDLE" } } };
}
