import { expect } from "chai";
import fc from "fast-check";
import { decode } from "fast-png";
import { encodePng } from "../ts/png.ts";

const image = fc
  .record({ width: fc.integer({ min: 1, max: 9 }), height: fc.integer({ min: 1, max: 9 }) })
  .chain(({ width, height }) =>
    fc
      .uint8Array({ minLength: width * height * 3, maxLength: width * height * 3 })
      .map((rgb) => ({ width, height, rgb })),
  );

describe("encodePng", () => {
  it("writes a PNG file that holds exactly these pixels", () => {
    fc.assert(
      fc.property(image, ({ width, height, rgb }) => {
        const file = encodePng({ width, height, rgb });
        expect(Buffer.from(file.subarray(0, 8)).toString("latin1")).to.equal("\x89PNG\r\n\x1a\n");
        const read = decode(file);
        expect(read).to.include({ width, height, channels: 3, depth: 8 });
        expect(Buffer.compare(Buffer.from(read.data.buffer), Buffer.from(rgb))).to.equal(0);
      }),
    );
  });
});
