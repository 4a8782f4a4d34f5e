import { expect } from "chai";
import { blackjackFrame } from "../../ts/environments/blackjack/frame.ts";
import { type Card, parseCard } from "../../ts/environments/cards/card.ts";
import { cardBack, cardSprite, TABLE_GREEN } from "../../ts/environments/cards/card-sprites.ts";
import type { RgbImage } from "../../ts/environments/environment.ts";

const cards = (...names: readonly string[]): Card[] => names.map(parseCard);
const DEALER_TOP = 40;
const PLAYER_TOP = 186;

describe("Blackjack's frame", () => {
  const dealer = cards("H7", "SK");
  const player = cards("D9", "C4");
  const frame = blackjackFrame({ dealer, player, hasStood: false });

  it("is 300×300 on green, with white labels above each hand", () => {
    expect([frame.width, frame.height, frame.rgb.length]).to.deep.equal([300, 300, 270_000]);
    expect([...frame.rgb.subarray(0, 3)]).to.deep.equal([...TABLE_GREEN]);
    for (const top of [6, 152]) {
      const band = Buffer.from(frame.rgb.subarray(top * 900, (top + 34) * 900));
      expect(band.includes(Buffer.from([255, 255, 255])), `label at ${top}`).to.equal(true);
    }
  });

  it("shows the dealer's first card, a back, and the player's cards", () => {
    expect(isAt(frame, cardSprite(parseCard("H7")), 8, DEALER_TOP)).to.equal(true);
    expect(isAt(frame, cardBack(), 84, DEALER_TOP)).to.equal(true);
    expect(isAt(frame, cardSprite(parseCard("D9")), 8, PLAYER_TOP)).to.equal(true);
    expect(isAt(frame, cardSprite(parseCard("C4")), 84, PLAYER_TOP)).to.equal(true);
  });

  it("tells nothing of the hidden card until the player has stood or is bust", () => {
    const hidden = blackjackFrame({ dealer: cards("H7", "D2"), player, hasStood: false });
    expect(Buffer.compare(hidden.rgb, frame.rgb)).to.equal(0);
    for (const over of [
      { dealer, player, hasStood: true },
      { dealer, player: cards("D9", "C4", "HJ"), hasStood: false },
    ]) {
      expect(isAt(blackjackFrame(over), cardSprite(parseCard("SK")), 84, DEALER_TOP)).to.equal(true);
    }
  });

  it("keeps hands of any length within, and their ranks to be seen up to six cards", () => {
    const six = cards("HA", "S2", "D3", "C2", "HA", "S4");
    for (const [index, name] of ["HA", "S2", "D3", "C2", "HA", "S4"].entries()) {
      const changed = six.with(index, parseCard(name === "HA" ? "H8" : "H9"));
      const [one, other] = [six, changed].map((hand) => blackjackFrame({ dealer, player: hand, hasStood: false }).rgb);
      const different = one?.filter((byte, at) => Math.abs(byte - (other?.[at] ?? 0)) > 100).length;
      expect(different, `card ${index}`).to.be.above(300);
    }
    const longest = blackjackFrame({ dealer, player: new Array<Card>(22).fill(parseCard("SA")), hasStood: false });
    expect(isAt(longest, cardSprite(parseCard("SA")), 222, PLAYER_TOP)).to.equal(true);
  });
});

function isAt(image: RgbImage, sprite: RgbImage, x: number, y: number): boolean {
  for (let row = 0; row < sprite.height; row++) {
    const start = ((y + row) * image.width + x) * 3;
    const shown = image.rgb.subarray(start, start + sprite.width * 3);
    const drawn = sprite.rgb.subarray(row * sprite.width * 3, (row + 1) * sprite.width * 3);
    if (Buffer.compare(shown, drawn) !== 0) return false;
  }
  return true;
}
