import { expect } from "chai";
import { OBJECT_PICTOGRAMS } from "../../../../ts/environments/alfworld/schematic/object-pictograms.ts";
import { rasterisedPictogram } from "../../../../ts/environments/alfworld/schematic/pictogram.ts";
import { RECEPTACLE_PICTOGRAMS } from "../../../../ts/environments/alfworld/schematic/receptacle-pictograms.ts";
import { OBJECTS, RECEPTACLES } from "../../../../ts/environments/alfworld/things.ts";
import { WHITE } from "../../../../ts/environments/drawing/canvas.ts";

/** A tile's pictogram in a frame that was reduced to 64×64 has some nine pixels a side. */
const REDUCED = 9;
const FACTOR = 4;
/** Of 255, over all pixels and channels. */
const LEAST_DIFFERENCE = 15;

function reduced(type: string): readonly number[] {
  const side = REDUCED * FACTOR;
  const { rgb } = rasterisedPictogram(type, { side, background: WHITE });
  const means = new Array<number>(REDUCED * REDUCED * 3).fill(0);
  for (const [index, value] of rgb.entries()) {
    const pixel = Math.floor(index / 3);
    const [row, column] = [Math.floor(pixel / side / FACTOR), Math.floor((pixel % side) / FACTOR)];
    const target = 3 * (row * REDUCED + column) + (index % 3);
    means[target] = (means[target] ?? 0) + value / FACTOR ** 2;
  }
  return means;
}

function meanDifference(one: readonly number[], other: readonly number[]): number {
  return one.reduce((sum, value, index) => sum + Math.abs(value - (other[index] ?? 0)), 0) / one.length;
}

describe("pictograms", () => {
  for (const [kind, types, pictograms] of [
    ["object", OBJECTS, OBJECT_PICTOGRAMS],
    ["receptacle", RECEPTACLES, RECEPTACLE_PICTOGRAMS],
  ] as const) {
    it(`are there for every type of ${kind}, under its words`, () => {
      const written = Object.keys(pictograms).map((words) => words.replaceAll(" ", ""));
      expect(written.sort()).to.deep.equal([...types].sort());
    });

    it(`tell any two types of ${kind} apart at ${REDUCED}×${REDUCED} pixels`, () => {
      const small = types.map((type) => ({ type, pixels: reduced(type) }));
      for (const [index, one] of small.entries()) {
        for (const other of small.slice(0, index)) {
          const difference = meanDifference(one.pixels, other.pixels);
          expect(difference, `${one.type}, ${other.type}`).to.be.above(LEAST_DIFFERENCE);
        }
      }
    });
  }

  it("are made of its name for a type that is none of these", () => {
    const bytes = ["zebra", "trumpet", "zebra"].map((type) =>
      Buffer.from(rasterisedPictogram(type, { side: 40, background: WHITE }).rgb).toString("base64"),
    );
    expect(bytes[0]).to.equal(bytes[2]).and.not.to.equal(bytes[1]);
  });
});
