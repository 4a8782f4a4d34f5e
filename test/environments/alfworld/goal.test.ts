import { expect } from "chai";
import { type Goal, goalConditionRate, type TaskType } from "../../../ts/environments/alfworld/goal.ts";
import type { Fact } from "../../../ts/environments/alfworld/hosts/calls.ts";

const PLACE: readonly Fact[] = [
  ["receptacletype", "desk 1", "desktype"],
  ["receptacletype", "desk 2", "desktype"],
  ["receptacletype", "sinkbasin 1", "sinkbasintype"],
  ["receptacleatlocation", "desk 1", "loc 1"],
  ["receptacleatlocation", "desk 2", "loc 2"],
  ["objecttype", "mug 1", "mugtype"],
  ["objecttype", "mug 2", "mugtype"],
  ["objecttype", "pen 1", "pentype"],
  ["objecttype", "desklamp 1", "desklamptype"],
  ["inreceptacle", "desklamp 1", "desk 1"],
];

function rate(type: TaskType, facts: readonly Fact[], target = "desk"): number {
  const goal: Goal = { type, object: "mug", target };
  return goalConditionRate(goal, [...PLACE, ...facts]);
}

describe("goalConditionRate", () => {
  it("counts one condition for placing, met by any object of the type in any receptacle of the type", () => {
    expect(rate("pick_and_place_simple", [])).to.equal(0);
    expect(rate("pick_and_place_simple", [["inreceptacle", "mug 1", "sinkbasin 1"]])).to.equal(0);
    expect(rate("pick_and_place_simple", [["inreceptacle", "pen 1", "desk 1"]])).to.equal(0);
    expect(rate("pick_and_place_simple", [["inreceptacle", "mug 2", "desk 2"]])).to.equal(1);
  });

  it("counts two for placing two, which have to come into one receptacle", () => {
    const first: Fact = ["inreceptacle", "mug 1", "desk 1"];
    expect(rate("pick_two_obj_and_place", [first])).to.equal(0.5);
    expect(rate("pick_two_obj_and_place", [first, ["inreceptacle", "mug 2", "desk 2"]])).to.equal(0.5);
    expect(rate("pick_two_obj_and_place", [first, ["inreceptacle", "mug 2", "desk 1"]])).to.equal(1);
  });

  it("counts two for looking under a lamp: the object in hand, and a lamp here that has been used", () => {
    const [held, used]: Fact[] = [
      ["holds", "agent1", "mug 1"],
      ["istoggled", "desklamp 1"],
    ];
    const look = (...facts: Fact[]) => rate("look_at_obj_in_light", facts, "desklamp");
    expect(look(held as Fact)).to.equal(0.5);
    expect(look(used as Fact, ["atlocation", "agent1", "loc 2"])).to.equal(0);
    expect(look(used as Fact, ["atlocation", "agent1", "loc 1"])).to.equal(0.5);
    expect(look(held as Fact, used as Fact, ["atlocation", "agent1", "loc 1"])).to.equal(1);
    expect(look(["holds", "agent1", "pen 1"])).to.equal(0);
  });

  for (const [type, predicate] of [
    ["pick_clean_then_place_in_recep", "isclean"],
    ["pick_heat_then_place_in_recep", "ishot"],
    ["pick_cool_then_place_in_recep", "iscool"],
  ] as const) {
    it(`counts three for ${type}: some in place, some treated, one both`, () => {
      const placed: Fact = ["inreceptacle", "mug 1", "desk 1"];
      expect(rate(type, [placed])).to.be.closeTo(1 / 3, 1e-12);
      expect(rate(type, [[predicate, "mug 2"]])).to.be.closeTo(1 / 3, 1e-12);
      expect(rate(type, [placed, [predicate, "mug 2"]])).to.be.closeTo(2 / 3, 1e-12);
      expect(rate(type, [placed, [predicate, "mug 1"]])).to.equal(1);
      expect(rate(type, [[predicate, "pen 1"]])).to.equal(0);
    });
  }
});
