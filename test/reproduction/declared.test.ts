import { existsSync } from "node:fs";
import { expect } from "chai";
import { ConfigError } from "../../ts/errors.ts";
import { FoundRuns } from "../../ts/reproduction/found-runs.ts";
import { loadStudy } from "../../ts/reproduction/load-study.ts";
import { planRuns, runCells } from "../../ts/reproduction/plan.ts";
import { REPRODUCTIONS } from "../../ts/reproduction/registry.ts";
import { type Reproduction, SCALES, type Study } from "../../ts/reproduction/reproduction.ts";
import { selectionOf } from "../../ts/reproduction/selection.ts";

const cells = REPRODUCTIONS.flatMap((reproduction) =>
  SCALES.flatMap((scale) =>
    runCells(reproduction, scale).map((cell) => ({ id: `${reproduction.id} ${scale}`, ...cell })),
  ),
);
const studies = new Map<string, Study>(cells.map(({ source }) => [source.study.name, source.study]));

describe("declared reproductions", () => {
  it("take every number from a method that the study's file has, at both scales", async () => {
    expect(studies.size).to.be.greaterThan(15);
    for (const study of studies.values()) {
      const { comparison } = await loadStudy(study);
      expect(comparison.name, study.file).to.equal(study.name);
      const needed = new Set(
        cells.filter(({ source }) => source.study.name === study.name).flatMap(({ source }) => source.methods),
      );
      expect(Object.keys(comparison.methods), study.file).to.include.members([...needed, ...(study.always ?? [])]);
    }
  });

  it("say of every column that runs which environment it is of, and of no average", () => {
    for (const { id, columns, scales } of REPRODUCTIONS) {
      for (const scale of SCALES) {
        for (const column of columns) {
          const fromRuns = runCells(reproductionOf(id), scale).some((cell) => cell.column === column.id);
          const label = scales[scale].environments[column.id];
          if (column.average !== undefined) expect(label, `${id} ${column.id}`).to.equal(undefined);
          else if (fromRuns) expect(label?.detail, `${id} ${scale} ${column.id}`).to.be.a("string");
        }
      }
    }
  });

  it("name states that are there, and rows that stand in for rows that exist", () => {
    for (const { id, look, rows, scales, method } of REPRODUCTIONS) {
      if (look?.kind === "sample") expect(existsSync(look.stateFile), look.stateFile).to.equal(true);
      const ids = rows.map((row) => row.id);
      expect(ids, id).to.include(method);
      for (const scale of SCALES) expect(ids, id).to.include.members(Object.keys(scales[scale].standsIn ?? {}));
    }
  });

  it("are distinct, and hold no seed of the experiments' tuning", async () => {
    expect(new Set(REPRODUCTIONS.map(({ id }) => id)).size).to.equal(9);
    for (const study of studies.values()) {
      const { comparison } = await loadStudy(study);
      for (const seed of [100, 101, 102]) expect(comparison.seeds, study.name).to.not.include(seed);
    }
  });
});

describe("a plan", () => {
  const plan = async (...ids: string[]) => {
    const chosen = REPRODUCTIONS.filter(({ id }) => ids.length === 0 || ids.includes(id));
    const runs = await FoundRuns.in("no-such-folder", []);
    const plans = await planRuns(chosen, "tiny", runs, () => true);
    return plans.map(({ loaded, trials }) => [loaded.study.name, trials.length]);
  };

  it("of all has every study once, what is cheap first", async () => {
    const all = await plan();
    expect(all.slice(0, 3)).to.deep.equal([
      ["table-d1", 12],
      ["figure4-tiny", 12],
      ["table2-numberline", 6],
    ]);
    // With what others need of it: RL + H of ALFWorld for Figure F, DigiRL + H of the phone for Figures 3 and 4.
    expect(all).to.deep.include(["table2-alfworld-small", 9]);
    expect(all.at(-1)).to.deep.equal(["table1-phone", 12]);
  });

  it("borrows what is too dear for one figure, unless its owner is asked for too", async () => {
    expect(await plan("figure4")).to.deep.equal([
      ["figure4-tiny", 12],
      ["table1-phone", 0],
    ]);
    expect(await plan("figure4", "table1")).to.deep.equal([
      ["figure4-tiny", 12],
      ["table1-phone", 12],
    ]);
  });

  it("of Table D.1 always has the run that does SFT for the others", async () => {
    expect(await plan("table-d1")).to.deep.equal([["table-d1", 12]]);
  });
});

describe("--only", () => {
  const [table2] = REPRODUCTIONS.filter(({ id }) => id === "table2");
  const select = (...only: string[]) => {
    const isSelected = selectionOf(only, REPRODUCTIONS);
    return table2 === undefined
      ? []
      : runCells(table2, "tiny")
          .filter(({ row, column }) => isSelected(table2, row, column))
          .map(({ row, column }) => `${row}/${column}`);
  };

  it("takes a method, a column, or both, whatever the case; an average's columns are its own", () => {
    expect(select("CoSo/EZP")).to.deep.equal(["CoSo/EZP"]);
    expect(select("coso/ezp", "RL4VLM/bj")).to.deep.equal(["RL4VLM/BJ", "CoSo/EZP"]);
    expect(select("/NL")).to.deep.equal(["LLaVA-1.6/NL", "CNN + RL/NL", "LLaVA-1.6 + SFT/NL", "RL4VLM/NL", "CoSo/NL"]);
    expect(select("CoSo/cards")).to.deep.equal(["CoSo/NL", "CoSo/EZP", "CoSo/P24", "CoSo/BJ"]);
    expect(select("CoSo")).to.have.length(10);
    expect(select()).to.have.length(44);
  });

  it("refuses names that no reproduction has, with those that there are", () => {
    expect(() => select("CoSoo")).to.throw(ConfigError, '--only CoSoo: no method "cosoo"; there are RL,');
    expect(() => select("CoSo/XY")).to.throw(ConfigError, 'no column "xy"');
  });
});

function reproductionOf(id: string): Reproduction {
  const found = REPRODUCTIONS.find((each) => each.id === id);
  if (found === undefined) throw new RangeError(`no ${id}`);
  return found;
}
