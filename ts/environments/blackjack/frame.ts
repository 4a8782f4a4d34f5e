import { CARD_WIDTH, cardBack, cardSprite, TABLE_GREEN } from "../cards/card-sprites.ts";
import { blankImage, copyImage, drawImage, drawText, WHITE } from "../drawing/canvas.ts";
import { dejaVuSansBold } from "../drawing/typeface.ts";
import type { RgbImage } from "../environment.ts";
import { type BlackjackState, isOver } from "./rules.ts";

const SIDE = 300;
const FONT_SIZE = 24;
const MARGIN = 8;
/** From the left edge of one card to that of the next, where there is room. */
const PITCH = CARD_WIDTH + 6;
const DEALER = { label: "Dealer", labelTop: 6, cardsTop: 40 };
const PLAYER = { label: "Player", labelTop: 152, cardsTop: 186 };

let labels: RgbImage | undefined;

/** A fresh 300×300 frame: the dealer's hand above the player's, its second card face down until the episode is over. */
export function blackjackFrame(state: BlackjackState): RgbImage {
  labels ??= drawLabels();
  const image = copyImage(labels);
  const dealer = state.dealer.map((card, index) => (index === 1 && !isOver(state) ? cardBack() : cardSprite(card)));
  drawHand(image, dealer, DEALER.cardsTop);
  drawHand(image, state.player.map(cardSprite), PLAYER.cardsTop);
  return image;
}

/** From left to right; a long hand overlaps evenly, which leaves the ranks of up to seven cards to be seen. */
function drawHand(image: RgbImage, sprites: readonly RgbImage[], top: number): void {
  const room = SIDE - 2 * MARGIN - CARD_WIDTH;
  const pitch = Math.min(PITCH, room / (sprites.length - 1));
  for (const [index, sprite] of sprites.entries()) drawImage(image, sprite, MARGIN + Math.round(index * pitch), top);
}

function drawLabels(): RgbImage {
  const image = blankImage(SIDE, SIDE, TABLE_GREEN);
  for (const { label, labelTop } of [DEALER, PLAYER]) {
    drawText(image, label, { x: MARGIN, y: labelTop, typeface: dejaVuSansBold(FONT_SIZE), colour: WHITE });
  }
  return image;
}
