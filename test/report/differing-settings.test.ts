import { expect } from "chai";
import { differingSettingsTable, settingDifferences } from "../../ts/report/differing-settings.ts";
import { factorsOf } from "../../ts/report/factors.ts";
import { shortPaths } from "../../ts/report/setting-leaves.ts";

type Settings = Record<string, unknown>;

function experiment(settings: Settings, seed = 0) {
  return { name: `n${seed}`, seed, environment: { id: "e" }, ...settings };
}

const none = { entropy: { kind: "none" } };
const causal = (coefficient: number) => ({ entropy: { kind: "causal", coefficient, schedule: "linear" } });
const differing = (...settings: Settings[]) => settingDifferences(settings.map(experiment)).differing;

describe("settingDifferences", () => {
  it("finds what differs by its path, absent settings and empty values included; names and seeds are none", () => {
    const { differing: found, shared } = settingDifferences([
      experiment({ ...none, list: [], steps: 3 }, 1),
      experiment({ ...causal(0.1), list: ["a"], steps: 3 }, 2),
    ]);
    expect(found).to.deep.equal([
      { path: "entropy.kind", values: ["none", "causal"] },
      { path: "list", values: ["[]", undefined] },
      { path: "entropy.coefficient", values: [undefined, "0.1"] },
      { path: "entropy.schedule", values: [undefined, "linear"] },
      { path: "list.0", values: [undefined, "a"] },
    ]);
    expect(shared).to.deep.equal([
      ["environment.id", "e"],
      ["steps", "3"],
    ]);
  });
});

describe("differingSettingsTable", () => {
  it("puts the shorter list across", () => {
    const many = differingSettingsTable(["a", "b"], differing({ x: 1, y: 1, z: 1 }, { x: 2, y: 2, z: 2 }));
    expect(many?.columns.map(({ title }) => title)).to.deep.equal(["Setting", "a", "b"]);
    expect(many?.rows[0]).to.deep.equal(["x", "1", "2"]);
    const few = differingSettingsTable(["a", "b"], differing({ x: 1 }, {}));
    expect(few?.columns.map(({ title }) => title)).to.deep.equal(["Runs", "x"]);
    expect(few?.rows).to.deep.equal([
      ["a", "1"],
      ["b", "–"],
    ]);
  });

  it("cuts long values, and is none where nothing differs", () => {
    const long = differingSettingsTable(["a", "b"], differing({ x: "p".repeat(500) }, { x: "q" }));
    expect(long?.rows[0]?.[1]).to.equal(`${"p".repeat(59)}…`);
    expect(differingSettingsTable(["a", "b"], differing({ x: 1 }, { x: 1 }))).to.equal(null);
  });
});

describe("factorsOf", () => {
  const told = (...settings: Settings[]) => factorsOf(differing(...settings)).map(({ name, levels }) => [name, levels]);

  it("takes settings that only change together for one, named by what they share, and tells its values apart", () => {
    const grid = [none, causal(0.05), causal(0.1)].flatMap((entropy) =>
      [4e-4, 1e-4].map((learningRate) => ({ ...entropy, algorithm: { learningRate } })),
    );
    expect(told(...grid)).to.deep.equal([
      ["entropy", ["none", "causal 0.05", "causal 0.1"]],
      ["algorithm.learningRate", ["0.0001", "0.0004"]],
    ]);
  });

  it("keeps apart what was varied one at a time, and joins what cannot be told apart", () => {
    expect(told({ a: 0, b: 0 }, { a: 1, b: 0 }, { a: 0, b: 1 })).to.have.length(2);
    expect(told({ a: 0, b: 0 }, { a: 1, b: 1 })).to.have.length(1);
  });
});

describe("shortPaths", () => {
  it("is the last word, unless another ends alike", () => {
    expect([...shortPaths(["a.rate", "b.rate", "c.clip"]).values()]).to.deep.equal(["a.rate", "b.rate", "clip"]);
  });
});
