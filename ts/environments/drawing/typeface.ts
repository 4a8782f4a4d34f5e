import { createRequire } from "node:module";
import { Resvg } from "@resvg/resvg-js";

/** A font at one size, whose glyphs are rasterised on first use and kept for the life of the process. */
export interface Typeface {
  /** Pixels from the top of a line of text to its baseline: the font's ascender, rounded up. */
  readonly ascent: number;
  glyph(character: string): Glyph;
  /** Pixels, unrounded, from the origin of `character` to that of `next`, kerning included. */
  advance(character: string, next: string | undefined): number;
}

/** Grey-scale coverage of one character, cropped to its ink. A blank has width 0. */
export interface Glyph {
  /** Pixels from the pen to the left edge, and from the baseline to the top edge (up is negative). */
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** 0 (untouched) to 255 (full ink), row by row. */
  readonly coverage: Uint8Array;
}

interface Font {
  readonly file: string;
  readonly family: string;
  readonly weight: "normal" | "bold";
  /** Height of a line above its baseline, in ems (`hhea.ascender / head.unitsPerEm`). */
  readonly ascender: number;
}

const require = createRequire(import.meta.url);

/** DejaVu Sans Bold 2.37, from the npm package `dejavu-fonts-ttf`; its free licence travels in that package. */
export const DEJAVU_SANS_BOLD_FILE = require.resolve("dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf");

const DEJAVU_SANS_BOLD: Font = {
  file: DEJAVU_SANS_BOLD_FILE,
  family: "DejaVu Sans",
  weight: "bold",
  ascender: 1901 / 2048,
};

const typefaces = new Map<number, Typeface>();

/** DejaVu Sans Bold at `size` pixels an em; the same object for the same size. */
export function dejaVuSansBold(size: number): Typeface {
  let typeface = typefaces.get(size);
  if (typeface === undefined) {
    typeface = rasterisedTypeface(DEJAVU_SANS_BOLD, size);
    typefaces.set(size, typeface);
  }
  return typeface;
}

function rasterisedTypeface(font: Font, size: number): Typeface {
  const glyphs = new Map<string, Glyph>();
  const advances = new Map<string, number>();
  return {
    ascent: Math.ceil(font.ascender * size),
    glyph(character) {
      let glyph = glyphs.get(character);
      if (glyph === undefined) {
        glyph = rasteriseGlyph(font, size, character);
        glyphs.set(character, glyph);
      }
      return glyph;
    },
    advance(character, next) {
      // A blank or missing neighbour has no ink to measure by; any inked one that is not kerned will do.
      const neighbour = next === undefined || next.trim() === "" ? "|" : next;
      const pair = character + neighbour;
      let advance = advances.get(pair);
      if (advance === undefined) {
        advance = rightEdge(font, size, pair) - rightEdge(font, size, neighbour);
        advances.set(pair, advance);
      }
      return advance;
    },
  };
}

function rightEdge(font: Font, size: number, text: string): number {
  const box = setText(font, size, text).getBBox();
  if (box === undefined) throw new RangeError(`the font ${font.family} draws nothing for ${JSON.stringify(text)}`);
  return box.x + box.width;
}

function rasteriseGlyph(font: Font, size: number, character: string): Glyph {
  const drawing = setText(font, size, character);
  const ink = drawing.innerBBox();
  if (ink === undefined) return { left: 0, top: 0, width: 0, height: 0, coverage: new Uint8Array(0) };
  const { pixels, width: stride } = drawing.render();
  const coverage = new Uint8Array(ink.width * ink.height);
  for (let row = 0; row < ink.height; row++) {
    for (let column = 0; column < ink.width; column++) {
      const pixel = (ink.y + row) * stride + ink.x + column;
      coverage[row * ink.width + column] = pixels[pixel * RGBA_BYTES + ALPHA] ?? 0;
    }
  }
  const origin = originOf(size);
  return { left: ink.x - origin.x, top: ink.y - origin.y, width: ink.width, height: ink.height, coverage };
}

const RGBA_BYTES = 4;
const ALPHA = 3;

/** Room on every side for ink that leaves the em square. */
function originOf(size: number): { x: number; y: number } {
  return { x: size, y: 2 * size };
}

function setText(font: Font, size: number, text: string): Resvg {
  const origin = originOf(size);
  const width = (text.length + 2) * size;
  const height = 3 * size;
  const escaped = text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">` +
    `<text xml:space="preserve" x="${origin.x}" y="${origin.y}" font-family="${font.family}" ` +
    `font-weight="${font.weight}" font-size="${size}">${escaped}</text></svg>`;
  return new Resvg(svg, { font: { fontFiles: [font.file], loadSystemFonts: false } });
}
