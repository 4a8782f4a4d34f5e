import { expect } from "chai";
import { dejaVuSansBold } from "../../ts/environments/drawing/typeface.ts";
import type { RgbImage } from "../../ts/environments/environment.ts";
import { drawNumberLineFrame, numberLineFrame } from "../../ts/environments/numberline/frame.ts";
import { START_PAIRS } from "../../ts/environments/numberline/rules.ts";

describe("NumberLine's frame", () => {
  const frame = drawNumberLineFrame({ current: 2, target: 5 });

  it("is 300×300, black ink on white without a tint", () => {
    expect([frame.width, frame.height, frame.rgb.length]).to.deep.equal([300, 300, 270_000]);
    for (let pixel = 0; pixel < frame.rgb.length; pixel += 3) {
      const [red, green, blue] = frame.rgb.subarray(pixel, pixel + 3);
      if (red !== green || green !== blue) expect.fail(`pixel ${pixel / 3} is ${red}, ${green}, ${blue}`);
    }
    expect(frame.rgb.includes(0)).to.equal(true);
    expect(frame.rgb[0]).to.equal(255);
  });

  it("has its text at (30, 60) and (30, 180)", () => {
    // A capital of DejaVu Sans Bold is 1493/2048 em tall; (30, 60) is the top of the line, an ascender above its base.
    const capHeight = Math.round((1493 / 2048) * 36);
    const ascent = dejaVuSansBold(36).ascent;
    for (const top of [60, 180]) {
      const band = inkBox(frame, top, top + 60);
      expect(band.left, "left").to.be.within(30, 33);
      expect(band.top, "top").to.be.within(top + ascent - capHeight - 2, top + ascent - capHeight + 1);
      expect(band.right, "right").to.be.within(180, 270);
    }
    // "g" of "Target" reaches below the base line, nothing of "Current: 2" does by more than its overshoot.
    expect(inkBox(frame, 60, 120).bottom).to.be.within(60 + ascent + 5, 60 + ascent + 10);
    expect(inkBox(frame, 180, 240).bottom).to.be.within(180 + ascent - 1, 180 + ascent + 1);
    for (const [from, to] of [
      [0, 60],
      [120, 180],
      [240, 300],
    ] as const) {
      expect(inkBox(frame, from, to).isEmpty, `rows ${from}–${to}`).to.equal(true);
    }
  });

  it("differs between any two states", () => {
    const distinct = new Set(START_PAIRS.map((pair) => Buffer.from(drawNumberLineFrame(pair).rgb).toString("base64")));
    expect(distinct).to.have.length(START_PAIRS.length);
  });

  it("changes with the number it shows, and there alone", () => {
    const other = drawNumberLineFrame({ current: 4, target: 5 });
    const changed = differenceBox(frame, other);
    expect(changed.top).to.be.above(180);
    expect(changed.right - changed.left).to.be.within(10, 36);
  });

  it("is kept by state, and drawn afresh on demand", () => {
    expect(numberLineFrame({ current: 1, target: 3 })).to.equal(numberLineFrame({ current: 1, target: 3 }));
    const fresh = drawNumberLineFrame({ current: 1, target: 3 });
    expect(fresh.rgb).not.to.equal(numberLineFrame({ current: 1, target: 3 }).rgb);
    expect(Buffer.compare(fresh.rgb, numberLineFrame({ current: 1, target: 3 }).rgb)).to.equal(0);
  });
});

interface Box {
  left: number;
  top: number;
  /** Last column and row within. */
  right: number;
  bottom: number;
  isEmpty: boolean;
}

/** What is not white in the rows from `firstRow` up to `endRow`. */
function inkBox(image: RgbImage, firstRow: number, endRow: number): Box {
  return boxOf(image, (offset) => image.rgb[offset] !== 255, firstRow, endRow);
}

function differenceBox(one: RgbImage, other: RgbImage): Box {
  return boxOf(one, (offset) => one.rgb[offset] !== other.rgb[offset], 0, one.height);
}

function boxOf({ width }: RgbImage, isWithin: (offset: number) => boolean, firstRow: number, endRow: number): Box {
  const rows: number[] = [];
  const columns: number[] = [];
  for (let row = firstRow; row < endRow; row++) {
    for (let column = 0; column < width; column++) {
      if (!isWithin((row * width + column) * 3)) continue;
      rows.push(row);
      columns.push(column);
    }
  }
  return {
    left: Math.min(...columns),
    right: Math.max(...columns),
    top: Math.min(...rows),
    bottom: Math.max(...rows),
    isEmpty: rows.length === 0,
  };
}
