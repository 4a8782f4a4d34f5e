import type { ScreenPoint } from "./phone-action.ts";

/** Something on a screen that answers to a finger. Its number in a list, from 1, is what a label on the picture says. */
export interface ScreenElement {
  readonly box: ScreenBox;
  /** What it says, or what its app says of it; empty where neither does. */
  readonly text: string;
  /** What can be done with it, at least one. */
  readonly can: readonly ElementUse[];
}

/** Fractions of the screen's width and height, within it and not empty. */
export interface ScreenBox {
  /** Of the left edge. */
  readonly x: number;
  /** Of the upper edge. */
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export const ELEMENT_USES = ["tap", "hold", "swipe", "type"] as const;
/** `type`: takes what is typed once it has the focus, which a tap gives it. */
export type ElementUse = (typeof ELEMENT_USES)[number];

/** Where a finger touches it. */
export function middleOf({ box: { x, y, width, height } }: Pick<ScreenElement, "box">): ScreenPoint {
  return { x: x + width / 2, y: y + height / 2 };
}

/** The index of the smallest element that holds the point; of equal ones that of the last; −1 where none does. */
export function elementAt(elements: readonly ScreenElement[], { x, y }: ScreenPoint): number {
  let found = -1;
  let area = Number.POSITIVE_INFINITY;
  for (const [index, { box }] of elements.entries()) {
    const isInside = x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height;
    if (!isInside || box.width * box.height > area) continue;
    found = index;
    area = box.width * box.height;
  }
  return found;
}
