import { expect } from "chai";
import { schematicFrame } from "../../../../ts/environments/alfworld/schematic/frame.ts";
import type { Place, Scene, SeenObject } from "../../../../ts/environments/alfworld/schematic/scene.ts";
import { OBJECTS, RECEPTACLES } from "../../../../ts/environments/alfworld/things.ts";

const SIDE = 300;

function object(index: number): SeenObject {
  const type = OBJECTS[(index * 7) % OBJECTS.length] ?? "mug";
  return { type, number: String((index % 20) + 1), isLit: false, isSliced: false };
}

function counterWith(objects: readonly SeenObject[]): Scene {
  return places([{ type: "countertop", number: "1", access: "surface", objects }]);
}

function places(given: readonly Place[]): Scene {
  return { kind: "places", places: given, carried: null };
}

function numbered(count: number): SeenObject[] {
  return Array.from({ length: count }, (_, index) => object(index));
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** The pixels in which two pictures differ, as the box around them; undefined where they are the same. */
function difference(one: Scene, other: Scene): Box | undefined {
  const [before, after] = [schematicFrame(one), schematicFrame(other)];
  let box: Box | undefined;
  for (let pixel = 0; pixel < SIDE * SIDE; pixel++) {
    const at = 3 * pixel;
    if ([0, 1, 2].every((channel) => before.rgb[at + channel] === after.rgb[at + channel])) continue;
    const [x, y] = [pixel % SIDE, Math.floor(pixel / SIDE)];
    const { left, top, right, bottom } = box ?? { left: x, top: y, right: x, bottom: y };
    box = { left: Math.min(left, x), top: Math.min(top, y), right: Math.max(right, x), bottom: Math.max(bottom, y) };
  }
  return box;
}

function overlaps(one: Box, other: Box): boolean {
  return one.left <= other.right && other.left <= one.right && one.top <= other.bottom && other.top <= one.bottom;
}

describe("the schematic view's frame", function () {
  this.timeout(60_000);

  it("is 300×300, and a buffer of its own each time", () => {
    const scene = counterWith(numbered(3));
    const [first, second] = [schematicFrame(scene), schematicFrame(scene)];
    expect([first.width, first.height, first.rgb.length]).to.deep.equal([SIDE, SIDE, 3 * SIDE * SIDE]);
    expect(second.rgb).not.to.equal(first.rgb);
    expect(Buffer.compare(second.rgb, first.rgb)).to.equal(0);
  });

  for (const count of [1, 6, 7, 12, 13, 20, 21, 30, 31, 56]) {
    it(`gives each of ${count} objects a field of its own`, () => {
      const objects = numbered(count);
      const boxes = objects.map((each, index) => {
        const box = difference(counterWith(objects), counterWith(objects.with(index, { ...each, isLit: true })));
        if (box === undefined) return expect.fail(`object ${index} is not shown`);
        return box;
      });
      for (const [index, box] of boxes.entries()) {
        // Below the place's band and above the hand's.
        expect(box.top, `object ${index}`).to.be.at.least(44);
        expect(box.bottom, `object ${index}`).to.be.below(SIDE - 64);
        for (const other of boxes.slice(0, index)) expect(overlaps(box, other), `object ${index}`).to.equal(false);
      }
    });
  }

  it("says how many objects there is no room for", () => {
    const shown = numbered(55);
    const frames = [57, 58, 68].map((count) => schematicFrame(counterWith(numbered(count))).rgb);
    expect(new Set(frames.map((rgb) => Buffer.from(rgb).toString("base64")))).to.have.length(3);
    const count = difference(counterWith([...shown, ...numbered(2)]), counterWith([...shown, ...numbered(13)]));
    expect(count?.left).to.be.at.least(7 * 37);
  });

  it("gives each of up to five places a field of its own, and counts those beyond", () => {
    const drawers = (count: number, opened: number): Scene =>
      places(
        Array.from({ length: count }, (_, index) => ({
          type: "drawer",
          number: String(index + 1),
          ...(index === opened ? { access: "open", objects: [object(2)] } : { access: "closed" }),
        })),
      );
    for (const count of [1, 2, 3, 4, 5]) {
      const boxes = Array.from({ length: count }, (_, index) => difference(drawers(count, -1), drawers(count, index)));
      for (const [index, box] of boxes.entries()) {
        expect(box?.top).to.be.at.least(Math.floor((index * 236) / count));
        expect(box?.bottom).to.be.below(Math.floor(((index + 1) * 236) / count));
      }
    }
    expect(difference(drawers(6, -1), drawers(7, -1))).not.to.equal(undefined);
    expect(difference(drawers(6, 0), drawers(6, 3))).not.to.equal(undefined);
  });

  it("draws a thing the same wherever it lies, and whatever lies beside it", () => {
    const tile = (scene: Scene, column: number) => {
      const { rgb } = schematicFrame(scene);
      const rows = Array.from({ length: 88 }, (_, row) => {
        const from = ((44 + row) * SIDE + 100 * column) * 3;
        return Buffer.from(rgb.subarray(from, from + 300));
      });
      return Buffer.concat(rows).toString("base64");
    };
    const [first, second] = [object(1), object(2)];
    const onDesk = places([{ type: "desk", number: "2", access: "surface", objects: [second, first] }]);
    expect(tile(onDesk, 1)).to.equal(tile(counterWith([first]), 0));
    expect(tile(onDesk, 0)).to.equal(tile(counterWith([first, second]), 1));
  });

  it("shows every receptacle of a room, those with a gap between their numbers too", () => {
    const room = (receptacles: readonly string[]): Scene => ({
      kind: "room",
      receptacles: receptacles.map((name) => ({ type: name.split(" ")[0] ?? "", number: name.split(" ")[1] ?? "" })),
      carried: null,
    });
    const distinct = [
      ["cabinet 1", "cabinet 2", "cabinet 3", "fridge 1"],
      ["cabinet 1", "cabinet 3", "fridge 1"],
      ["cabinet 1", "cabinet 2", "fridge 1"],
      ["cabinet 2", "cabinet 3", "fridge 1"],
      ["cabinet 1", "fridge 1"],
      RECEPTACLES.map((type) => `${type} 1`),
      RECEPTACLES.map((type) => `${type} ${type === "tvstand" ? 2 : 1}`),
    ].map((names) => Buffer.from(schematicFrame(room(names)).rgb).toString("base64"));
    expect(new Set(distinct)).to.have.length(distinct.length);
  });
});
