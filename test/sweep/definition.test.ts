import { expect } from "chai";
import { ConfigError } from "../../ts/errors.ts";
import { defineSweep, type Sweep, trialsOf } from "../../ts/sweep/definition.ts";
import { smallSweep } from "./small-sweep.ts";

describe("a sweep", () => {
  it("is every point of its grid with every seed, by names that tell them apart", () => {
    const trials = trialsOf(smallSweep());
    expect(trials.map(({ name }) => name)).to.deep.equal([
      "entropy=none,clip=0.1,seed0",
      "entropy=none,clip=0.1,seed1",
      "entropy=none,clip=0.2,seed0",
      "entropy=none,clip=0.2,seed1",
      "entropy=causal,clip=0.1,seed0",
      "entropy=causal,clip=0.1,seed1",
      "entropy=causal,clip=0.2,seed0",
      "entropy=causal,clip=0.2,seed1",
    ]);
    const last = trials.at(-1);
    expect(last?.settings).to.deep.equal({ entropy: "causal", "algorithm.clip": "0.2" });
    expect(last?.experiment).to.include({ seed: 1, name: "small" });
    expect(last?.experiment.entropy).to.include({ kind: "causal", coefficient: 0.05 });
    expect(last?.experiment.algorithm).to.include({ clip: 0.2 });
    expect(trials[0]?.experiment.entropy.kind).to.equal("none");
  });

  it("keeps a trial's name when values and seeds are added", () => {
    const names = (changes: Parameters<typeof smallSweep>[0]) => trialsOf(smallSweep(changes)).map(({ name }) => name);
    const before = names({ grid: { "algorithm.clip": [0.1] }, seeds: [0] });
    expect(names({ grid: { "algorithm.clip": [0.3, 0.1] }, seeds: [5, 0] })).to.include.members(before);
  });

  it("names settings that end alike by all of their path, and long values by a digest", () => {
    const alike = smallSweep({ grid: { "algorithm.microBatch": [2], "sft.microBatch": [2] }, seeds: [0] });
    expect(trialsOf(alike).map(({ name }) => name)).to.deep.equal(["algorithm.microBatch=2,sft.microBatch=2,seed0"]);
    const settings = (label: string) => ({ "environment.settings": { [label]: {} } });
    const [one, other] = ["a", "b"].map(
      (end) => trialsOf(smallSweep({ grid: settings(`${"long ".repeat(40)}${end}`), seeds: [0] }))[0]?.name ?? "",
    );
    expect(one).to.have.length.at.most(120);
    expect(one).to.match(/^[\w.=,+-]+$/);
    expect(one).to.not.equal(other);
  });

  it("is one trial a seed without a grid", () => {
    expect(trialsOf(smallSweep({ grid: {} })).map(({ name }) => name)).to.deep.equal(["seed0", "seed1"]);
  });

  it("refuses what no trial can be made of, and says where", () => {
    const refused = (changes: object, ...words: string[]): void => {
      let message = "";
      try {
        defineSweep({ ...smallSweep(), ...changes } as Sweep);
      } catch (error) {
        expect(error).to.be.instanceOf(ConfigError);
        message = String(error);
      }
      for (const word of words) expect(message).to.contain(word);
    };
    refused({ seeds: [] }, "seeds: expected at least 1");
    refused({ seeds: [1, 1] }, "seeds: expected each seed once");
    refused({ base: { ...smallSweep().base, seed: 3 } }, "base.seed: expected none");
    refused({ grid: { seed: [1, 2] } }, "seeds are listed in `seeds`");
    refused({ grid: { "algorithm.clip": [] } }, "grid.algorithm.clip");
    refused({ grid: { entropy: [{ kind: "none" }] } }, "grid.entropy", "need names");
    refused({ grid: { "algorithm.clp": [0.1] } }, "trial clp=0.1,seed0", "did you mean `clip`?");
    refused({ grid: { "algorithm.clip": [0.1, "x"] } }, "trial clip=x,seed0", "algorithm.clip: expected number");
    refused({ grid: { "algorithm.clip": [0.1, 0.1] } }, "two trials are named clip=0.1,seed0");
    refused({ name: "a/b" }, "name: expected letters");
    refused({ grids: {} }, "grids: no such setting; did you mean `grid`?");
  });
});
