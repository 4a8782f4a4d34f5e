import { expect } from "chai";
import { blankImage, drawImage } from "../../../ts/environments/drawing/canvas.ts";
import type { RgbImage } from "../../../ts/environments/environment.ts";
import { labelledScreen } from "../../../ts/environments/phones/labelled-screen.ts";
import type { ScreenBox, ScreenElement } from "../../../ts/parsing/screen-element.ts";

const element = (x: number, y: number, width: number, height: number): ScreenElement => ({
  box: { x, y, width, height },
  text: "",
  can: ["tap"],
});

/** Where a screen was changed, in pixels: the smallest box around it; null where it was not. */
function changedBox(before: RgbImage, after: RgbImage): ScreenBox | null {
  const changed = Array.from(before.rgb.keys()).filter((place) => before.rgb[place] !== after.rgb[place]);
  if (changed.length === 0) return null;
  const columns = changed.map((place) => Math.floor(place / 3) % before.width);
  const rows = changed.map((place) => Math.floor(place / 3 / before.width));
  const bounds = (values: readonly number[]) => {
    const sorted = [...values].sort((one, other) => one - other);
    return [sorted[0] ?? 0, sorted.at(-1) ?? 0] as const;
  };
  const [[left, right], [top, bottom]] = [bounds(columns), bounds(rows)];
  return { x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
}

/** Of one label on a grey screen of that size. */
function labelOf(width: number, height: number, one: ScreenElement): ScreenBox {
  const screen = blankImage(width, height, [180, 180, 180]);
  const box = changedBox(screen, labelledScreen(screen, [one]));
  if (box === null) throw new Error("no label");
  return box;
}

describe("labelledScreen", () => {
  it("leaves the screen itself as it was, and draws nothing without elements", () => {
    const screen = blankImage(224, 224, [180, 180, 180]);
    const copy = screen.rgb.slice();
    labelledScreen(screen, [element(0, 0, 1, 1)]);
    expect(screen.rgb).to.deep.equal(copy);
    expect(labelledScreen(screen, []).rgb).to.deep.equal(copy);
  });

  it("stands in the middle of what is plain there, as large as the screen is", () => {
    const small = labelOf(224, 224, element(0.25, 0.5, 0.5, 0.25));
    expect(small.x + small.width / 2).to.be.closeTo(112, 1);
    expect(small.y + small.height / 2).to.be.closeTo(140, 1);
    expect(small.height).to.be.within(9, 14);
    const large = labelOf(1080, 2280, element(0.25, 0.5, 0.5, 0.25));
    expect(large.height).to.be.within(40, 60);
    expect(large.x + large.width / 2).to.be.closeTo(540, 1);
  });

  it("draws digits that stand out: white on nearly black, on a light screen and a dark one", () => {
    for (const ground of [255, 0]) {
      const screen = blankImage(224, 224, [ground, ground, ground]);
      const { rgb } = labelledScreen(screen, [element(0, 0, 1, 1)]);
      const middle = Array.from({ length: 9 }, (_, row) =>
        rgb.subarray(((108 + row) * 224 + 106) * 3, ((108 + row) * 224 + 118) * 3),
      );
      const values = middle.flatMap((row) => [...row]);
      expect(Math.max(...values)).to.equal(255);
      expect(Math.min(...values)).to.be.below(60);
    }
  });

  it("moves off what its middle shows, within the element", () => {
    const screen = blankImage(224, 224, [255, 255, 255]);
    for (let stripe = 0; stripe < 5; stripe++) drawImage(screen, blankImage(4, 40, [0, 0, 0]), 96 + 8 * stripe, 92);
    const box = changedBox(screen, labelledScreen(screen, [element(0.25, 0.4, 0.5, 0.2)]));
    if (box === null) throw new Error("no label");
    expect(box.x + box.width <= 96 || box.x >= 132).to.equal(true);
    expect(box.x).to.be.at.least(56);
    expect(box.x + box.width).to.be.at.most(168);
  });

  it("stands at the corner of what it would cover, and on the screen", () => {
    const small = labelOf(224, 224, element(0.5, 0.5, 0.05, 0.05));
    expect(small.x).to.be.below(112);
    expect(small.x + small.width).to.be.below(112 + 11);
    const corner = labelOf(224, 224, element(0, 0, 0.05, 0.05));
    expect([corner.x, corner.y]).to.deep.equal([0, 0]);
  });

  it("keeps labels of elements in one another apart", () => {
    const screen = blankImage(224, 224, [180, 180, 180]);
    const [outer, inner] = [element(0, 0, 1, 1), element(0.4, 0.4, 0.2, 0.2)];
    const alone = changedBox(screen, labelledScreen(screen, [inner]));
    const both = labelledScreen(screen, [inner, outer]);
    const withInner = labelledScreen(screen, [inner]);
    const second = changedBox(withInner, both);
    if (alone === null || second === null) throw new Error("no label");
    const isApart =
      second.x >= alone.x + alone.width ||
      alone.x >= second.x + second.width ||
      second.y >= alone.y + alone.height ||
      alone.y >= second.y + second.height;
    expect(isApart).to.equal(true);
  });
});
