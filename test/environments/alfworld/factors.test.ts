import { expect } from "chai";
import { COMMAND_FACTORS, commandFactors } from "../../../ts/environments/alfworld/factors.ts";

function factors(command: string): string {
  return Object.values(commandFactors(command)).join(" ");
}

describe("commandFactors", () => {
  it("tells what is done, to what, and where", () => {
    expect(factors("take mug 1 from desk 2")).to.equal("take mug 1 desk 2");
    expect(factors("move mug 3 to diningtable 1")).to.equal("move mug 3 diningtable 1");
    expect(factors("put mug 3 in/on diningtable 1")).to.equal("put mug 3 diningtable 1");
    expect(factors("go to cabinet 10")).to.equal("go none none cabinet 10");
    expect(factors("examine mug 1")).to.equal("examine mug 1 none none");
    expect(factors("use desklamp 1")).to.equal("use desklamp 1 none none");
    expect(factors("heat potato 2 with microwave 1")).to.equal("heat potato 2 microwave 1");
    expect(factors("inventory")).to.equal("inventory none none none none");
  });

  it("tells the thing that is cut, not the knife", () => {
    expect(factors("slice bread 1 with butterknife 1")).to.equal("slice bread 1 none none");
  });

  it("has a label for what only other data knows", () => {
    expect(factors("jump over lazydog 21")).to.equal("other other other none none");
    expect(factors("go to cabinet 21")).to.equal("go none none cabinet other");
  });

  it("names each label once, all of which it may give", () => {
    for (const { name, labels } of COMMAND_FACTORS) expect(new Set(labels).size, name).to.equal(labels.length);
    expect(COMMAND_FACTORS.map(({ name }) => name)).to.deep.equal(Object.keys(commandFactors("look")));
  });
});
