import { blankImage, type Colour, drawImage } from "../../drawing/canvas.ts";
import { rasterised } from "../../drawing/rasterised.ts";
import type { RgbImage } from "../../environment.ts";
import type { Box, Look } from "./element.ts";
import { type Icon, pictogramOf } from "./icons.ts";
import { colourOf, readableOn, type Theme } from "./theme.ts";
import { write, writeEnd } from "./words.ts";

type LookOf<Kind extends Look["kind"]> = Extract<Look, { kind: Kind }>;

const CLOCK_TIME = "12:00";
const MARGIN = 4;

/** The pixels of an element, a fresh buffer. */
export function drawnLook(look: Look, { width, height }: Pick<Box, "width" | "height">, theme: Theme): RgbImage {
  const image = blankImage(width, height, theme.ground);
  const all: Box = { x: 0, y: 0, width, height };
  switch (look.kind) {
    case "fill":
      if (look.ink !== undefined) fill(image, all, colourOf(look.ink));
      break;
    case "status":
      drawStatus(image, look);
      break;
    case "bar": {
      const ground = colourOf(look.ink);
      fill(image, all, ground);
      const words = { ...all, x: 8, width: width - 12 };
      write(image, look.text, words, { colour: readableOn(ground), largest: 20, align: "left" });
      break;
    }
    case "row":
      drawRow(image, look, theme);
      break;
    case "tile": {
      const side = Math.min(width - 12, height - 34);
      drawIcon(image, look.icon, { x: Math.floor((width - side) / 2), y: 6, side }, theme.ground);
      const words = { x: 1, y: side + 6, width: width - 2, height: height - side - 6 };
      write(image, look.text, words, { colour: theme.ink, largest: 14 });
      break;
    }
    case "button":
      drawButton(image, look);
      break;
    case "field":
      drawField(image, look, theme);
      break;
    case "key":
      fill(image, all, theme.rule);
      fill(image, { x: 1, y: 1, width: width - 2, height: height - 2 }, theme.field);
      write(image, look.text, all, { colour: theme.ink, largest: 16 });
      break;
    case "text":
      write(image, look.text, all, { colour: theme.ink, largest: look.size, align: look.align });
      break;
    case "icon": {
      const side = Math.min(width, height);
      const corner = { x: Math.floor((width - side) / 2), y: Math.floor((height - side) / 2), side };
      drawIcon(image, look.icon, corner, theme.ground);
      break;
    }
    case "dots":
      for (let dot = 0; dot < look.count; dot += 1) {
        const x = Math.floor(width / 2) + 16 * dot - 8 * look.count + 3;
        fill(image, { x, y: 3, width: 10, height: 10 }, dot === look.lit ? theme.ink : theme.rule);
      }
      break;
    case "thumb": {
      fill(image, all, theme.field);
      const top = Math.round(look.from * height);
      fill(image, { ...all, y: top, height: Math.round(look.to * height) - top }, theme.faint);
      break;
    }
  }
  return image;
}

const STATUS_GROUND: Colour = [0x10, 0x10, 0x18];

function drawStatus(image: RgbImage, { marks }: LookOf<"status">): void {
  const { width, height } = image;
  const side = height - 2;
  fill(image, { x: 0, y: 0, width, height }, STATUS_GROUND);
  const words = { x: MARGIN, y: 0, width: 60, height };
  write(image, CLOCK_TIME, words, { colour: readableOn(STATUS_GROUND), largest: 12, align: "left" });
  for (const [index, name] of marks.entries()) {
    const x = width - (index + 1) * (side + 2);
    drawIcon(image, { of: "setting", name }, { x, y: 1, side }, STATUS_GROUND);
  }
}

const SWITCH = { width: 46, height: 24 } as const;

function drawRow(image: RgbImage, { icon, text, detail, end }: LookOf<"row">, theme: Theme): void {
  const { width, height } = image;
  const inside = height - 1;
  fill(image, { x: 0, y: inside, width, height: 1 }, theme.rule);
  const side = inside - 5;
  if (icon !== undefined) drawIcon(image, icon, { x: MARGIN, y: 3, side }, theme.ground);
  const left = icon === undefined ? 2 * MARGIN : side + 3 * MARGIN;
  const endWidth = end === undefined ? 0 : end === "more" ? 20 : SWITCH.width + MARGIN;
  const words = { x: left, y: 0, width: width - left - endWidth - MARGIN, height: inside };
  if (detail === undefined) {
    write(image, text, words, { colour: theme.ink, largest: 20, align: "left" });
  } else {
    const upper = { ...words, y: 1, height: 24 };
    const lower = { ...words, y: 24, height: inside - 25 };
    write(image, text, upper, { colour: theme.ink, largest: 18, align: "left" });
    write(image, detail, lower, { colour: theme.faint, largest: 14, align: "left" });
  }
  const corner = { x: width - endWidth, y: Math.floor((inside - SWITCH.height) / 2) };
  if (end === "on" || end === "off") drawSwitch(image, corner, end, theme);
  if (end === "more")
    write(image, "›", { ...corner, y: 0, width: 20, height: inside }, { colour: theme.faint, largest: 28 });
}

function drawSwitch(image: RgbImage, { x, y }: Pick<Box, "x" | "y">, end: "on" | "off", theme: Theme): void {
  const ground = end === "on" ? colourOf("green") : theme.rule;
  const { width, height } = SWITCH;
  const half = width / 2;
  fill(image, { x, y, width, height }, ground);
  const knob = { x: end === "on" ? x + half : x + 2, y: y + 2, width: half - 2, height: height - 4 };
  fill(image, knob, end === "on" ? [255, 255, 255] : theme.faint);
  const words = { x: end === "on" ? x : x + half, y, width: half, height };
  write(image, end === "on" ? "on" : "off", words, { colour: end === "on" ? [255, 255, 255] : theme.ink, largest: 11 });
}

function drawButton(image: RgbImage, { text, ink, icon }: LookOf<"button">): void {
  const { width, height } = image;
  const ground = colourOf(ink);
  fill(image, { x: 0, y: 0, width, height }, ground);
  const side = icon === undefined ? 0 : Math.min(height - 6, 34);
  if (icon !== undefined) drawIcon(image, icon, { x: MARGIN, y: Math.floor((height - side) / 2), side }, ground);
  const left = icon === undefined ? 2 : side + MARGIN + 2;
  write(image, text, { x: left, y: 0, width: width - left - 2, height }, { colour: readableOn(ground), largest: 20 });
}

function drawField(image: RgbImage, { text, hint, hasFocus }: LookOf<"field">, theme: Theme): void {
  const { width, height } = image;
  const edge = hasFocus ? 2 : 1;
  fill(image, { x: 0, y: 0, width, height }, hasFocus ? colourOf("blue") : theme.faint);
  fill(image, { x: edge, y: edge, width: width - 2 * edge, height: height - 2 * edge }, theme.field);
  const words = { x: 6, y: 0, width: width - 12, height };
  if (text === "") write(image, hint, words, { colour: theme.faint, largest: 16, align: "left" });
  else writeEnd(image, text, words, { colour: theme.ink, largest: 18 });
}

function drawIcon(
  image: RgbImage,
  icon: Icon,
  { x, y, side }: { x: number; y: number; side: number },
  background: Colour,
): void {
  const pictogram = pictogramOf(icon);
  drawImage(image, rasterised(pictogram, { side, background }), x, y);
  if (icon.of !== "avatar") return;
  const colour = readableOn(colourOf(pictogram[0]));
  write(image, icon.name.charAt(0), { x, y, width: side, height: side }, { colour, largest: side > 60 ? 48 : 24 });
}

function fill(image: RgbImage, { x, y, width, height }: Box, colour: Colour): void {
  drawImage(image, blankImage(width, height, colour), x, y);
}
