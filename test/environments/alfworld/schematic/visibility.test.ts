import { expect } from "chai";
import fc from "fast-check";
import type { Fact } from "../../../../ts/environments/alfworld/hosts/calls.ts";
import { schematicFrame } from "../../../../ts/environments/alfworld/schematic/frame.ts";
import { visibleScene } from "../../../../ts/environments/alfworld/schematic/scene.ts";
import { factsOf, type Household, households, looksOf, withHiddenOf } from "./household.ts";

const RUNS = { numRuns: 1500 };

function pictureOf(household: Household): Buffer {
  return drawn(factsOf(household));
}

function drawn(facts: readonly Fact[]): Buffer {
  return Buffer.from(schematicFrame(visibleScene(facts)).rgb);
}

function isSame(one: Household, other: Household): boolean {
  return pictureOf(one).equals(pictureOf(other));
}

/** Whether nothing lies in two places, as it may where two households are mixed. */
function isPossible({ receptacles, carried }: Household): boolean {
  const objects = [...receptacles.flatMap((each) => each.objects), ...(carried === null ? [] : [carried])];
  return new Set(objects).size === objects.length;
}

describe("the schematic view", function () {
  this.timeout(60_000);

  it("shows nothing of what is hidden, byte for byte", () => {
    let numChanged = 0;
    fc.assert(
      fc.property(households, ([one, other]) => {
        const changed = withHiddenOf(one, other);
        if (JSON.stringify(factsOf(changed).sort()) !== JSON.stringify(factsOf(one).sort())) numChanged += 1;
        expect(isSame(one, changed)).to.equal(true);
      }),
      RUNS,
    );
    expect(numChanged).to.be.above(RUNS.numRuns / 2);
  });

  it("differs exactly where what is seen differs", () => {
    const counts = { alike: 0, unlike: 0 };
    const mixed = households.chain(([one, other]) =>
      fc.record({
        one: fc.constant(one),
        // One aspect of the other household at a time, so that what is compared differs in little.
        changed: fc.oneof(
          fc.constantFrom("here", "carried", "lit", "sliced", "hot", "cool", "clean").map((aspect) => ({
            ...one,
            [aspect]: other[aspect as keyof Household],
          })),
          fc.nat(one.receptacles.length - 1).chain((index) =>
            fc.constantFrom("objects", "isOpen").map((aspect) => ({
              ...one,
              receptacles: one.receptacles.map((each, place) =>
                place === index ? { ...each, [aspect]: other.receptacles[place]?.[aspect as "isOpen"] } : each,
              ),
            })),
          ),
        ),
      }),
    );
    fc.assert(
      fc.property(mixed, ({ one, changed }) => {
        fc.pre(isPossible(changed as Household));
        const isAlike = looksOf(one) === looksOf(changed as Household);
        counts[isAlike ? "alike" : "unlike"] += 1;
        expect(isSame(one, changed as Household)).to.equal(isAlike);
      }),
      RUNS,
    );
    expect(counts.alike).to.be.above(100);
    expect(counts.unlike).to.be.above(100);
  });

  it("is the same in whatever order facts are told", () => {
    const shuffled = households.chain(([one]) => {
      const facts = factsOf(one);
      return fc.tuple(
        fc.constant(facts),
        fc.shuffledSubarray(facts, { minLength: facts.length, maxLength: facts.length }),
      );
    });
    fc.assert(fc.property(shuffled, ([told, other]) => drawn(told).equals(drawn(other))));
  });

  it("tells a scene that holds no more than the picture shows", () => {
    const facts: Fact[] = [
      ["atlocation", "agent1 ", "loc 4"],
      ["receptacleatlocation", "fridge 1", "loc 4"],
      ["receptacleatlocation", "desk 1", "loc 5"],
      ["openable", "fridge 1"],
      ["inreceptacle", "egg 1", "fridge 1"],
      ["inreceptacle", "pen 1", "desk 1"],
      ["holds", "agent1 ", "apple 2"],
      ["ishot", "apple 2"],
    ];
    const carried = { type: "apple", number: "2", isLit: false, isSliced: false };
    const fridge = { type: "fridge", number: "1" };
    expect(visibleScene(facts)).to.deep.equal({ kind: "places", places: [{ ...fridge, access: "closed" }], carried });
    const egg = { type: "egg", number: "1", isLit: false, isSliced: false };
    expect(visibleScene([...facts, ["opened", "fridge 1"]])).to.deep.equal({
      kind: "places",
      places: [{ ...fridge, access: "open", objects: [egg] }],
      carried,
    });
  });
});
