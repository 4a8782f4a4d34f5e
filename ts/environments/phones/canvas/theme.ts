import type { Colour } from "../../drawing/canvas.ts";
import { INK, type Ink } from "../../drawing/shapes.ts";

/** What a screen is drawn on and in. */
export interface Theme {
  readonly name: "light" | "dark";
  readonly ground: Colour;
  readonly ink: Colour;
  readonly faint: Colour;
  /** Between rows, and around fields. */
  readonly rule: Colour;
  readonly field: Colour;
}

export const LIGHT: Theme = {
  name: "light",
  ground: [0xff, 0xff, 0xff],
  ink: [0x10, 0x10, 0x18],
  faint: [0x60, 0x64, 0x70],
  rule: [0xd0, 0xd4, 0xdc],
  field: [0xe6, 0xea, 0xf2],
};

export const DARK: Theme = {
  name: "dark",
  ground: [0x1c, 0x1e, 0x26],
  ink: [0xf4, 0xf4, 0xf8],
  faint: [0xae, 0xb4, 0xc0],
  rule: [0x48, 0x4c, 0x58],
  field: [0x38, 0x3c, 0x48],
};

export function colourOf(ink: Ink): Colour {
  const value = Number.parseInt(INK[ink].slice(1), 16);
  return [value >> 16, (value >> 8) & 0xff, value & 0xff];
}

/** Black on light, white on dark, by the luma of ITU-R BT.601. */
export function readableOn([red, green, blue]: Colour): Colour {
  return 0.299 * red + 0.587 * green + 0.114 * blue > 128 ? LIGHT.ink : LIGHT.ground;
}
