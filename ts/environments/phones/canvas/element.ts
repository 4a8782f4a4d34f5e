import type { Ink } from "../../drawing/shapes.ts";
import type { Icon } from "./icons.ts";
import type { PhoneState, Product, Screen } from "./state.ts";
import type { Switch } from "./vocabulary.ts";

/** A screen's width and height, pixels. */
export const SIDE = 224;

/** Whole pixels from the screen's top left corner. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A part of a screen: what is drawn, and what answers to a tap, are these and nothing else. */
export interface Element {
  readonly box: Box;
  readonly look: Look;
  /** Absent where a tap does nothing. */
  readonly tap?: Effect;
  /** Under a sheet. */
  readonly isDimmed?: true;
}

/** What an element shows, from which alone (with its size and the theme) its pixels follow. */
export type Look =
  | { readonly kind: "fill"; readonly ink?: Ink }
  | { readonly kind: "status"; readonly marks: readonly Switch[] }
  | { readonly kind: "bar"; readonly text: string; readonly ink: Ink }
  | {
      readonly kind: "row";
      readonly icon?: Icon;
      readonly text: string;
      readonly detail?: string;
      readonly end?: "on" | "off" | "more";
    }
  | { readonly kind: "tile"; readonly icon: Icon; readonly text: string }
  | { readonly kind: "button"; readonly text: string; readonly ink: Ink; readonly icon?: Icon }
  | { readonly kind: "field"; readonly text: string; readonly hint: string; readonly hasFocus: boolean }
  | { readonly kind: "key"; readonly text: string }
  /** In as many lines as it takes. */
  | { readonly kind: "text"; readonly text: string; readonly size: number; readonly align: "left" | "middle" }
  | { readonly kind: "icon"; readonly icon: Icon }
  | { readonly kind: "dots"; readonly lit: number; readonly count: number }
  | { readonly kind: "thumb"; readonly from: number; readonly to: number };

/** What a tap does. */
export type Effect =
  /** On top of what is visible; Back leads back. */
  | { readonly to: "open"; readonly screen: Screen }
  /** In place of what is visible. */
  | { readonly to: "show"; readonly screen: Screen }
  | { readonly to: "leave" }
  | { readonly to: "toggle switch"; readonly name: Switch }
  | { readonly to: "toggle alarm"; readonly time: string }
  | { readonly to: "save alarm"; readonly time: string }
  | { readonly to: "favour"; readonly name: string }
  | { readonly to: "save article"; readonly country: string }
  | { readonly to: "buy"; readonly product: Product }
  | { readonly to: "focus"; readonly field: Field }
  | { readonly to: "clear" }
  | { readonly to: "letter"; readonly letter: string }
  | { readonly to: "erase" }
  | { readonly to: "submit" };

export type Field = NonNullable<PhoneState["typing"]>["field"];

/** A screen's elements, from the lowest up, and the rows of its list where it has one. */
export interface Layout {
  readonly elements: readonly Element[];
  readonly list?: { readonly rows: readonly Row[]; readonly numVisible: number };
}

/** An element of a list, wherever it stands. */
export type Row = Pick<Element, "look" | "tap">;

export const STATUS_HEIGHT = 16;
const BAR_HEIGHT = 32;
/** Where the part below status and bar begins. */
export const BODY_TOP = STATUS_HEIGHT + BAR_HEIGHT;
export const ROW_HEIGHT = 44;
const THUMB_WIDTH = 6;

/** The bar with an app's name, and a button at its right where it has one. */
export function bar(text: string, ink: Ink, button?: Row): readonly Element[] {
  const width = button === undefined ? SIDE : SIDE - 44;
  const box = { x: 0, y: STATUS_HEIGHT, width, height: BAR_HEIGHT };
  const title: Element = { box, look: { kind: "bar", text, ink } };
  return button === undefined ? [title] : [title, { ...button, box: { ...box, x: width, width: SIDE - width } }];
}

/** Rows of which as many as fit below `top` are visible, from `first` on. */
export function list(rows: readonly Row[], first: number, top = BODY_TOP): Layout {
  const numVisible = Math.floor((SIDE - top) / ROW_HEIGHT);
  const isScrolled = rows.length > numVisible;
  const width = isScrolled ? SIDE - THUMB_WIDTH : SIDE;
  const elements: Element[] = rows
    .slice(first, first + numVisible)
    .map((row, index) => ({ ...row, box: { x: 0, y: top + index * ROW_HEIGHT, width, height: ROW_HEIGHT } }));
  if (isScrolled) {
    elements.push({
      box: { x: width, y: top, width: THUMB_WIDTH, height: numVisible * ROW_HEIGHT },
      look: { kind: "thumb", from: first / rows.length, to: (first + numVisible) / rows.length },
    });
  }
  return { elements, list: { rows, numVisible } };
}

/** Boxes of one size in rows that fill `area`. */
export function grid(area: Box, columns: number, rows: number): Box[] {
  const width = Math.floor(area.width / columns);
  const height = Math.floor(area.height / rows);
  const left = area.x + Math.floor((area.width - columns * width) / 2);
  return Array.from({ length: columns * rows }, (_, index) => ({
    x: left + (index % columns) * width,
    y: area.y + Math.floor(index / columns) * height,
    width,
    height,
  }));
}

/** `box` less a margin all around. */
export function within(box: Box, margin: number): Box {
  return {
    x: box.x + margin,
    y: box.y + margin,
    width: box.width - 2 * margin,
    height: box.height - 2 * margin,
  };
}
