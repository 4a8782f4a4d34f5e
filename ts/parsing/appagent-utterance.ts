import type { FactorsOfPhoneAction } from "./autoui-utterance.ts";
import type { InvalidReason, ParseResult, Span } from "./parse.ts";
import type { PhoneAction, ScreenPoint } from "./phone-action.ts";
import { middleOf, type ScreenElement } from "./screen-element.ts";

/** What stands before an action; its line follows `Observation:` and `Thought:`, and `Summary:` follows it. */
export const APPAGENT_MARKER = "Action:";
/** Between the marker and the call: blanks, and what models set code or stress words with. */
const BEFORE_CALL = /[\s*`]*/y;

/** AppAgent's way of saying each, and keys of its own kind, which its published form lacks. */
const KEYS = { back: "PRESS_BACK", home: "PRESS_HOME", enter: "PRESS_ENTER" } as const;

export const SWIPE_DIRECTIONS = {
  up: { x: 0, y: -2 },
  down: { x: 0, y: 2 },
  left: { x: -1, y: 0 },
  right: { x: 1, y: 0 },
} as const;
export type SwipeDirection = keyof typeof SWIPE_DIRECTIONS;
/** Shares of the screen's width; up and down go twice that share of its height. */
export const SWIPE_DISTANCES = { short: 0.1, medium: 0.2, long: 0.3 } as const;
export type SwipeDistance = keyof typeof SWIPE_DISTANCES;
/** Of a swipe's end, which devices want on the screen. */
const LAST = 0.999;

/**
 * f^parse of AppAgent's form on labelled elements: what stands right behind the first `Action:`, one of `tap(n)`,
 * `long_press(n)`, `swipe(n, "up", "short")`, `text("…")`, `back()`, `home()`, `enter()` and `FINISH`. What follows it is
 * ignored. Elements are touched in their middle; swipes begin there and end on the screen. Typed text ends at the first quote
 * like its first that a `)` follows, so that commas, brackets and other quotes are text; it may be empty and has one line.
 *
 * Anything else is invalid, and `IDLE` is executed. AppAgent itself gives up there; and it reads less strictly: any line
 * with `FINISH` in it ends, typed text ends at its first `)`, and the element of number 0 is the last one.
 *
 * The span is the call.
 *
 * @param elements of the observation, in the order of their numbers; without them no number names any.
 */
export function parseAppAgent(
  utterance: string,
  elements: readonly ScreenElement[] = [],
  factorsOf: FactorsOfPhoneAction = ({ type }) => ({ type }),
): ParseResult<PhoneAction> {
  const marker = utterance.indexOf(APPAGENT_MARKER);
  if (marker === -1) return idle("no-action-line");
  const behind = marker + APPAGENT_MARKER.length;
  const start = behind + lengthAt(BEFORE_CALL, utterance, behind);
  const read = callAt(utterance, start, elements);
  if ("reason" in read) return idle(read.reason);
  const { action, length } = read;
  const span: Span = [start, start + length];
  return { kind: "action", action, factors: factorsOf(action), span };
}

type Read = { readonly action: PhoneAction; readonly length: number } | { readonly reason: InvalidReason };

const FINISH = /FINISH\b(?:\(\s*\))?/y;
const KEY = /(back|home|enter)\(\s*\)/y;
const TOUCH = /(tap|long_press)\(\s*(\d+)\s*\)/y;
const SWIPE = /swipe\(\s*(\d+)\s*,\s*(["']?)(up|down|left|right)\2\s*,\s*(["']?)(short|medium|long)\4\s*\)/y;
const TEXT = /text\(\s*(["'])(.*?)\1\s*\)/y;
const NAME = /(tap|long_press|swipe|text|back|home|enter)\b/y;

function callAt(utterance: string, start: number, elements: readonly ScreenElement[]): Read {
  const found = (pattern: RegExp) => matchAt(pattern, utterance, start);
  const finish = found(FINISH);
  if (finish !== null) return { action: { type: "STATUS_TASK_COMPLETE" }, length: finish[0].length };
  const key = found(KEY);
  if (key !== null) return { action: { type: KEYS[key[1] as keyof typeof KEYS] }, length: key[0].length };
  const text = found(TEXT);
  if (text !== null) return { action: { type: "TYPE", text: text[2] ?? "" }, length: text[0].length };
  const touch = found(TOUCH);
  if (touch !== null) {
    const at = middleOfNumber(elements, touch[2]);
    if (at === undefined) return { reason: "no-such-element" };
    const held = touch[1] === "long_press" ? ({ isHeld: true } as const) : {};
    return { action: { type: "DUAL_POINT", touch: at, lift: at, ...held }, length: touch[0].length };
  }
  const swipe = found(SWIPE);
  if (swipe !== null) {
    const from = middleOfNumber(elements, swipe[1]);
    if (from === undefined) return { reason: "no-such-element" };
    const lift = endOfSwipe(from, swipe[3] as SwipeDirection, swipe[5] as SwipeDistance);
    return { action: { type: "DUAL_POINT", touch: from, lift }, length: swipe[0].length };
  }
  const name = found(NAME)?.[1];
  if (name === undefined) return { reason: "unknown-action-type" };
  return { reason: name === "text" ? "no-typed-text" : "unreadable-call" };
}

function middleOfNumber(elements: readonly ScreenElement[], digits: string | undefined): ScreenPoint | undefined {
  const element = elements[Number(digits) - 1];
  return element && middleOf(element);
}

function endOfSwipe({ x, y }: ScreenPoint, direction: SwipeDirection, distance: SwipeDistance): ScreenPoint {
  const [by, share] = [SWIPE_DIRECTIONS[direction], SWIPE_DISTANCES[distance]];
  return { x: onScreen(x + by.x * share), y: onScreen(y + by.y * share) };
}

function onScreen(share: number): number {
  return Math.min(Math.max(0, share), LAST);
}

function matchAt(sticky: RegExp, text: string, start: number): RegExpExecArray | null {
  sticky.lastIndex = start;
  return sticky.exec(text);
}

function lengthAt(sticky: RegExp, text: string, start: number): number {
  return matchAt(sticky, text, start)?.[0].length ?? 0;
}

function idle(reason: InvalidReason): ParseResult<PhoneAction> {
  return { kind: "invalid", reason, fallback: { kind: "fixed", action: { type: "IDLE" } } };
}
