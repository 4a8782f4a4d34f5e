import { expect } from "chai";
import fc from "fast-check";
import { BLACK, blankImage, drawImage, WHITE } from "../../../ts/environments/drawing/canvas.ts";

describe("drawImage", () => {
  it("copies what falls within, and leaves all else alone", () => {
    const offset = fc.integer({ min: -8, max: 12 });
    fc.assert(
      fc.property(offset, offset, (x, y) => {
        const image = blankImage(9, 7, WHITE);
        drawImage(image, blankImage(4, 3, BLACK), x, y);
        for (let row = 0; row < 7; row++) {
          for (let column = 0; column < 9; column++) {
            const isCovered = column >= x && column < x + 4 && row >= y && row < y + 3;
            const pixel = image.rgb.subarray((row * 9 + column) * 3, (row * 9 + column) * 3 + 3);
            expect([...pixel]).to.deep.equal(isCovered ? [0, 0, 0] : [255, 255, 255]);
          }
        }
      }),
    );
  });

  it("copies one that is as wide as the image, and may be higher, the same way", () => {
    for (let y = -6; y <= 5; y++) {
      const image = blankImage(3, 4, WHITE);
      drawImage(image, { width: 3, height: 5, rgb: Uint8Array.from({ length: 45 }, (_, index) => index) }, 0, y);
      const rows = [0, 1, 2, 3].map((row) => [...image.rgb.subarray(9 * row, 9 * row + 9)]);
      const white = new Array<number>(9).fill(255);
      const expected = rows.map((_, row) => {
        const source = row - y;
        return source < 0 || source >= 5 ? white : white.map((_value, index) => 9 * source + index);
      });
      expect(rows, `y ${y}`).to.deep.equal(expected);
    }
  });

  it("keeps the sprite's pixels in order", () => {
    const image = blankImage(3, 2, WHITE);
    drawImage(image, { width: 2, height: 1, rgb: Uint8Array.of(1, 2, 3, 4, 5, 6) }, 1, 1);
    expect([...image.rgb.subarray(12)]).to.deep.equal([1, 2, 3, 4, 5, 6]);
  });
});
