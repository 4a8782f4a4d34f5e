import { expect } from "chai";
import fc from "fast-check";
import { SIDE } from "../../../../ts/environments/phones/canvas/element.ts";
import { effectAt, layoutOf } from "../../../../ts/environments/phones/canvas/layout.ts";
import { walkedStates } from "./random-walk.ts";

describe("a simulated phone's screens", () => {
  const walk = fc.record({ seed: fc.nat(), steps: fc.constant(40) });

  it("keep to the screen, and nothing that answers lies under or over anything else that does", () => {
    fc.assert(
      fc.property(walk, (request) => {
        for (const state of walkedStates(request)) {
          const answering = layoutOf(state).elements.filter(({ tap }) => tap !== undefined);
          for (const { box } of layoutOf(state).elements) {
            expect(Math.min(box.x, box.y), JSON.stringify(box)).to.be.at.least(0);
            expect(Math.max(box.x + box.width, box.y + box.height), JSON.stringify(box)).to.be.at.most(SIDE);
            for (const side of Object.values(box)) expect(Number.isInteger(side), JSON.stringify(box)).to.equal(true);
          }
          for (const [index, one] of answering.entries()) {
            for (const other of answering.slice(0, index)) {
              const isBeside =
                one.box.x >= other.box.x + other.box.width ||
                other.box.x >= one.box.x + one.box.width ||
                one.box.y >= other.box.y + other.box.height ||
                other.box.y >= one.box.y + one.box.height;
              expect(isBeside, `${JSON.stringify(one)} ${JSON.stringify(other)}`).to.equal(true);
            }
          }
        }
      }),
      { numRuns: 30 },
    );
  });

  it("answer to a tap anywhere on an element as that element says, and nowhere else", () => {
    fc.assert(
      fc.property(walk, fc.nat(SIDE - 1), fc.nat(SIDE - 1), (request, x, y) => {
        for (const state of walkedStates(request)) {
          const { elements } = layoutOf(state);
          for (const { box, tap } of elements) {
            if (tap === undefined) continue;
            for (const [left, top] of [
              [box.x, box.y],
              [box.x + box.width - 0.01, box.y + box.height - 0.01],
            ] as const) {
              expect(effectAt(state, left, top)).to.deep.equal(tap);
            }
          }
          const isOnOne = elements.some(
            ({ box, tap }) =>
              tap !== undefined && x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height,
          );
          expect(effectAt(state, x, y) !== undefined).to.equal(isOnOne);
        }
      }),
      { numRuns: 30 },
    );
  });
});
