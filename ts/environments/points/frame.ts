import type { Card } from "../cards/card.ts";
import { CARD_WIDTH, cardSprite, TABLE_GREEN } from "../cards/card-sprites.ts";
import { blankImage, copyImage, drawImage, drawText, WHITE } from "../drawing/canvas.ts";
import { dejaVuSansBold } from "../drawing/typeface.ts";
import type { RgbImage } from "../environment.ts";
import type { FormulaElement } from "./rules.ts";

const SIDE = 300;
/** From one card's left edge to the next one's: four cards fill the frame's width. */
const CARD_STRIDE = 74;
const CARDS_TOP = 40;
const TEXT_LEFT = 20;
const TEXT_TOP = 170;
const LINE_HEIGHT = 28;
const TYPEFACE = dejaVuSansBold(20);

const table = blankImage(SIDE, SIDE, TABLE_GREEN);
/** Where the pen stops behind the label, which is drawn once: it has more glyphs than most of EZPoints' formulas. */
const FORMULA_LEFT = drawText(table, "Formula: ", { x: TEXT_LEFT, y: TEXT_TOP, typeface: TYPEFACE, colour: WHITE });

/** A fresh 300×300 frame: the cards side by side on green, below them "Formula: …" in white, as many lines as needed. */
export function pointsFrame(cards: readonly Card[], formula: readonly FormulaElement[]): RgbImage {
  const image = copyImage(table);
  const left = Math.round((SIDE - (cards.length - 1) * CARD_STRIDE - CARD_WIDTH) / 2);
  for (const [index, card] of cards.entries()) {
    drawImage(image, cardSprite(card), left + index * CARD_STRIDE, CARDS_TOP);
  }
  for (const [index, { text, x }] of brokenIntoLines(formula).entries()) {
    drawText(image, text, { x, y: TEXT_TOP + index * LINE_HEIGHT, typeface: TYPEFACE, colour: WHITE });
  }
  return image;
}

/** Breaks between elements alone, so that a number stays whole. The first line goes on behind the label. */
function brokenIntoLines(formula: readonly FormulaElement[]): { text: string; x: number }[] {
  let line = { text: "", x: FORMULA_LEFT };
  const lines = [line];
  for (const element of formula) {
    if (line.x + widthOf(line.text + element) > SIDE - TEXT_LEFT) {
      line = { text: "", x: TEXT_LEFT };
      lines.push(line);
    }
    line.text += element;
  }
  return lines;
}

function widthOf(text: string): number {
  const characters = [...text];
  return characters.reduce((width, character, index) => {
    return width + TYPEFACE.advance(character, characters[index + 1]);
  }, 0);
}
