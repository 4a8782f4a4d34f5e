import { isDeepStrictEqual } from "node:util";
import { expect } from "chai";
import fc from "fast-check";
import { type Box, SIDE } from "../../../../ts/environments/phones/canvas/element.ts";
import { effectAt, layoutOf } from "../../../../ts/environments/phones/canvas/layout.ts";
import { walkedStates } from "./random-walk.ts";

function isOnScreen({ x, y, width, height }: Box): boolean {
  const isWhole = [x, y, width, height].every(Number.isInteger);
  return isWhole && x >= 0 && y >= 0 && width > 0 && height > 0 && x + width <= SIDE && y + height <= SIDE;
}

function areApart(one: Box, other: Box): boolean {
  return (
    one.x >= other.x + other.width ||
    other.x >= one.x + one.width ||
    one.y >= other.y + other.height ||
    other.y >= one.y + one.height
  );
}

describe("a simulated phone's screens", () => {
  const walk = fc.record({ seed: fc.nat(), steps: fc.constant(40) });

  it("keep to the screen, and nothing that answers lies under or over anything else that does", () => {
    fc.assert(
      fc.property(walk, (request) => {
        for (const state of walkedStates(request)) {
          const { elements } = layoutOf(state);
          expect(elements.filter(({ box }) => !isOnScreen(box))).to.deep.equal([]);
          const answering = elements.filter(({ tap }) => tap !== undefined);
          const clashing = answering.flatMap((one, index) =>
            answering.slice(0, index).flatMap((other) => (areApart(one.box, other.box) ? [] : [[one, other]])),
          );
          expect(clashing).to.deep.equal([]);
        }
      }),
      { numRuns: 20 },
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
              if (!isDeepStrictEqual(effectAt(state, left, top), tap)) expect.fail(JSON.stringify({ box, tap }));
            }
          }
          const isOnOne = elements.some(
            ({ box, tap }) =>
              tap !== undefined && x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height,
          );
          expect(effectAt(state, x, y) !== undefined).to.equal(isOnOne);
        }
      }),
      { numRuns: 20 },
    );
  });
});
