import { expect } from "chai";
import { CosoError } from "../../ts/errors.ts";
import { packObservations } from "../../ts/worker/observations.ts";

const image = (shade: number, width = 2, height = 1) => ({
  width,
  height,
  rgb: new Uint8Array(width * height * 3).fill(shade),
});

describe("packObservations", () => {
  it("sends no frame without images", () => {
    const { batch, frames } = packObservations([{ prompt: "a" }, { prompt: "b" }]);
    expect(batch).to.deep.equal({ prompts: ["a", "b"], images: null, imageIndex: null });
    expect(frames).to.deep.equal([]);
  });

  it("puts each pixel buffer into one frame once", () => {
    const shared = image(7);
    const { batch, frames } = packObservations([
      { prompt: "a", image: shared },
      { prompt: "b", image: image(9) },
      { prompt: "c", image: { ...shared } },
    ]);
    expect(batch.images).to.deep.equal({ frame: 0, number: 2, height: 1, width: 2 });
    expect(batch.imageIndex).to.deep.equal([0, 1, 0]);
    expect(frames.map((frame) => [...frame])).to.deep.equal([[7, 7, 7, 7, 7, 7, 9, 9, 9, 9, 9, 9]]);
  });

  it("writes into memory given back, and never into a frame that was not", () => {
    const pack = (shade: number, height: number) => packObservations([{ prompt: "a", image: image(shade, 2, height) }]);
    const kept = pack(1, 4);
    const given = pack(2, 4);
    given.release();
    given.release();
    const smaller = pack(3, 2);
    const other = pack(4, 2);
    expect(smaller.frames[0]?.buffer).to.equal(given.frames[0]?.buffer);
    expect([kept, smaller, other].map(({ frames }) => [frames[0]?.length, frames[0]?.[0]])).to.deep.equal([
      [24, 1],
      [12, 3],
      [12, 4],
    ]);
  });

  it("refuses images of several sizes, of a wrong length, and batches where some are missing", () => {
    const first = { prompt: "a", image: image(1) };
    expect(() => packObservations([first, { prompt: "b", image: image(1, 4, 4) }])).to.throw(CosoError, "2×1 and 4×4");
    expect(() => packObservations([first, { prompt: "b" }])).to.throw(CosoError, "got 1 in 2");
    const short = { ...image(1), rgb: new Uint8Array(5) };
    expect(() => packObservations([{ prompt: "a", image: short }])).to.throw(CosoError, "Expected 6 bytes");
  });
});
