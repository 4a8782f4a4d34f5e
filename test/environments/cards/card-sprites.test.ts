import { expect } from "chai";
import { ALL_CARDS, cardName, parseCard } from "../../../ts/environments/cards/card.ts";
import { cardBack, cardSprite, TABLE_GREEN } from "../../../ts/environments/cards/card-sprites.ts";
import type { RgbImage } from "../../../ts/environments/environment.ts";

describe("card sprites", () => {
  const all = [...ALL_CARDS.map(cardSprite), cardBack()];

  it("are 70×98, all 53 different", () => {
    for (const { width, height, rgb } of all) {
      expect([width, height, rgb.length]).to.deep.equal([70, 98, 70 * 98 * 3]);
    }
    expect(new Set(all.map(({ rgb }) => Buffer.from(rgb).toString("base64")))).to.have.length(53);
  });

  it("still all differ by more than noise at a fifth of the size", () => {
    const small = all.map((sprite) => shrunk(sprite, 5));
    for (const [index, one] of small.entries()) {
      for (const other of small.slice(0, index)) {
        const largest = Math.max(...one.map((value, at) => Math.abs(value - (other[at] ?? 0))));
        expect(largest, `sprite ${index}`).to.be.above(48);
      }
    }
  });

  it("have red ink for hearts and diamonds, black for clubs and spades, and enough of it", () => {
    for (const card of ALL_CARDS) {
      const { red, black } = inkWithin(cardSprite(card));
      const isRed = card.suit === "H" || card.suit === "D";
      expect(isRed ? red : black, cardName(card)).to.be.above(600);
      expect(isRed ? black : red, cardName(card)).to.equal(0);
    }
  });

  it("keep rank and suit clear of the edge", () => {
    for (const card of ALL_CARDS) {
      const { rgb, width, height } = cardSprite(card);
      for (let y = 2; y < height - 2; y++) {
        for (const x of [2, 3, width - 4, width - 3]) {
          if (y < 6 || y > height - 7) continue;
          expect(rgb[(y * width + x) * 3 + 1], `${cardName(card)} at ${x}, ${y}`).to.be.above(200);
        }
      }
    }
  });

  it("have the table in their corners, and are kept", () => {
    for (const { rgb } of all) expect([...rgb.subarray(0, 3)]).to.deep.equal([...TABLE_GREEN]);
    expect(cardSprite(parseCard("H7"))).to.equal(cardSprite({ suit: "H", rank: 7 }));
    expect(cardBack()).to.equal(cardBack());
  });
});

/** Pixels of full ink away from the card's dark edge. */
function inkWithin({ rgb, width, height }: RgbImage): { red: number; black: number } {
  const counts = { red: 0, black: 0 };
  for (let y = 4; y < height - 4; y++) {
    for (let x = 4; x < width - 4; x++) {
      const [red = 0, green = 0, blue = 0] = rgb.subarray((y * width + x) * 3);
      if (green > 60 || blue > 60) continue;
      counts[red > 150 ? "red" : "black"]++;
    }
  }
  return counts;
}

/** The mean of each block of `factor`×`factor` pixels, channel by channel. */
function shrunk({ rgb, width, height }: RgbImage, factor: number): number[] {
  const means: number[] = [];
  for (let top = 0; top + factor <= height; top += factor) {
    for (let left = 0; left + factor <= width; left += factor) {
      for (const channel of [0, 1, 2]) {
        let sum = 0;
        for (let y = top; y < top + factor; y++) {
          for (let x = left; x < left + factor; x++) sum += rgb[(y * width + x) * 3 + channel] ?? 0;
        }
        means.push(sum / factor ** 2);
      }
    }
  }
  return means;
}
