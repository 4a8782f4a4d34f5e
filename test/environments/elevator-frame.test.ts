import { expect } from "chai";
import { BLACK, blankImage, drawText, WHITE } from "../../ts/environments/drawing/canvas.ts";
import { dejaVuSansBold } from "../../ts/environments/drawing/typeface.ts";
import { elevatorFrame } from "../../ts/environments/elevator/frame.ts";
import { STARTS } from "../../ts/environments/elevator/rules.ts";

const STYLE = { typeface: dejaVuSansBold(36), colour: BLACK };

describe("the elevator's frame", () => {
  it("is the lift's floor above the call's, at (30, 60) and (30, 180) of 300×300, also after arriving", () => {
    for (const floors of [...STARTS, { lift: 4, call: 4 }]) {
      const expected = blankImage(300, 300, WHITE);
      drawText(expected, `Lift: ${floors.lift}`, { ...STYLE, x: 30, y: 60 });
      drawText(expected, `Call: ${floors.call}`, { ...STYLE, x: 30, y: 180 });
      const { width, height, rgb } = elevatorFrame(floors);
      expect([width, height]).to.deep.equal([300, 300]);
      expect(Buffer.compare(rgb, expected.rgb), JSON.stringify(floors)).to.equal(0);
    }
  });

  it("differs between any two states", () => {
    const distinct = new Set(STARTS.map((floors) => Buffer.from(elevatorFrame(floors).rgb).toString("base64")));
    expect(distinct).to.have.length(30);
  });

  it("is kept by state", () => {
    expect(elevatorFrame({ lift: 1, call: 3 })).to.equal(elevatorFrame({ lift: 1, call: 3 }));
  });
});
