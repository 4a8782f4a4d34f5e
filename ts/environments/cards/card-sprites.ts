import { BLACK, blankImage, type Colour, drawText, WHITE } from "../drawing/canvas.ts";
import { dejaVuSansBold } from "../drawing/typeface.ts";
import type { RgbImage } from "../environment.ts";
import { type Card, cardName, type Suit } from "./card.ts";

export const CARD_WIDTH = 70;
export const CARD_HEIGHT = 98;
/** What card games are played on. Sprites have it in their rounded corners. */
export const TABLE_GREEN: Colour = [0x35, 0x65, 0x4d];

const RED: Colour = [0xd0, 0x10, 0x10];
const BACK_DARK: Colour = [0x1c, 0x38, 0x80];
const BACK_LIGHT: Colour = [0x8c, 0xa6, 0xe6];
const EDGE: Colour = [0x40, 0x40, 0x40];

const SUIT_GLYPHS: Record<Suit, string> = { H: "♥", D: "♦", C: "♣", S: "♠" };

const CORNER_RADIUS = 6;
const EDGE_WIDTH = 1.5;
const BACK_MARGIN = 6;
const LATTICE_PITCH = 12;
const LATTICE_LINE = 3;

// The rank is at the left, where a card that the next one overlaps still shows it.
const RANK = { left: 4, top: 4, size: 50, sizeOfTen: 38 };
const SUIT = { right: 65, bottom: 91, size: 50 };

const sprites = new Map<string, RgbImage>();

/** 70×98, rank above suit; drawn once, so that it must not be written to. */
export function cardSprite(card: Card): RgbImage {
  return keptSprite(cardName(card), () => drawFace(card));
}

/** 70×98, the same for every card; drawn once, so that it must not be written to. */
export function cardBack(): RgbImage {
  return keptSprite("back", drawBack);
}

function keptSprite(name: string, draw: () => RgbImage): RgbImage {
  let sprite = sprites.get(name);
  if (sprite === undefined) {
    sprite = draw();
    sprites.set(name, sprite);
  }
  return sprite;
}

function drawFace(card: Card): RgbImage {
  const image = drawPlate();
  const colour = card.suit === "H" || card.suit === "D" ? RED : BLACK;
  // People read "10" at once; "T" is for names alone.
  const rank = card.rank === 10 ? "10" : cardName(card).charAt(1);
  const rankTypeface = dejaVuSansBold(card.rank === 10 ? RANK.sizeOfTen : RANK.size);
  const { left, top } = rankTypeface.glyph(rank.charAt(0));
  drawText(image, rank, {
    x: RANK.left - left,
    y: RANK.top - top - rankTypeface.ascent,
    typeface: rankTypeface,
    colour,
  });
  const suit = SUIT_GLYPHS[card.suit];
  const suitTypeface = dejaVuSansBold(SUIT.size);
  const ink = suitTypeface.glyph(suit);
  drawText(image, suit, {
    x: SUIT.right - ink.width - ink.left,
    y: SUIT.bottom - ink.height - ink.top - suitTypeface.ascent,
    typeface: suitTypeface,
    colour,
  });
  return image;
}

function drawBack(): RgbImage {
  const image = drawPlate();
  for (let y = BACK_MARGIN; y < CARD_HEIGHT - BACK_MARGIN; y++) {
    for (let x = BACK_MARGIN; x < CARD_WIDTH - BACK_MARGIN; x++) {
      const isLine = (x + y) % LATTICE_PITCH < LATTICE_LINE || (x - y + CARD_HEIGHT) % LATTICE_PITCH < LATTICE_LINE;
      image.rgb.set(isLine ? BACK_LIGHT : BACK_DARK, (y * CARD_WIDTH + x) * 3);
    }
  }
  return image;
}

/** A white card with rounded corners and a dark edge on the green of the table. */
function drawPlate(): RgbImage {
  const image = blankImage(CARD_WIDTH, CARD_HEIGHT, TABLE_GREEN);
  for (let y = 0; y < CARD_HEIGHT; y++) {
    for (let x = 0; x < CARD_WIDTH; x++) {
      const depth = depthInside(x + 0.5, y + 0.5);
      const onCard = Math.min(1, Math.max(0, depth + 0.5));
      const withinEdge = Math.min(1, Math.max(0, depth - EDGE_WIDTH + 0.5));
      const pixel = mix(TABLE_GREEN, mix(EDGE, WHITE, withinEdge), onCard);
      image.rgb.set(pixel, (y * CARD_WIDTH + x) * 3);
    }
  }
  return image;
}

/** Pixels from (x, y) to the rounded outline; negative outside it. */
function depthInside(x: number, y: number): number {
  const beyondX = Math.abs(x - CARD_WIDTH / 2) - (CARD_WIDTH / 2 - CORNER_RADIUS);
  const beyondY = Math.abs(y - CARD_HEIGHT / 2) - (CARD_HEIGHT / 2 - CORNER_RADIUS);
  const outward = Math.hypot(Math.max(0, beyondX), Math.max(0, beyondY)) + Math.min(0, Math.max(beyondX, beyondY));
  return CORNER_RADIUS - outward;
}

function mix(under: Colour, over: Colour, share: number): Colour {
  const channel = (index: 0 | 1 | 2) => Math.round(under[index] + (over[index] - under[index]) * share);
  return [channel(0), channel(1), channel(2)];
}
