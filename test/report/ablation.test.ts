import { expect } from "chai";
import { RandomStreams } from "../../ts/random.ts";
import { ablationOf } from "../../ts/report/ablation.ts";
import { interactionTable, mainEffectsTable } from "../../ts/report/ablation-tables.ts";
import { cellText } from "../../ts/report/cell.ts";
import { NARROW, renderFigure, WIDE } from "../../ts/report/figures/chart.ts";
import { settingEffectFigure } from "../../ts/report/figures/setting-effect.ts";
import { settingHeatMap } from "../../ts/report/figures/setting-heat-map.ts";
import { groupRuns } from "../../ts/report/run-group.ts";
import { recordedRun } from "./recorded-runs.ts";
import { expectWellFormed } from "./well-formed.ts";

/** Success that is a sum of what each setting adds, and of the seed's luck. */
const successAt = (a: number, b: number, seed: number) => 0.3 + 0.2 * a + 0.1 * b + 0.01 * seed;

function ablation(points: readonly [a: number, b: number, seed: number][]) {
  const runs = points.map(([a, b, seed]) =>
    recordedRun({ seed, success: successAt(a, b, seed), settings: { part: { a }, b } }),
  );
  return ablationOf(groupRuns(runs), new RandomStreams(0));
}

const seeds = [1, 2, 3];
const grid = [0, 1].flatMap((a) =>
  [0, 1, 2].flatMap((b) => seeds.map((seed): [number, number, number] => [a, b, seed])),
);

describe("ablationOf", () => {
  it("averages over the other settings, seed by seed, and pairs values by seed", () => {
    const found = ablation(grid);
    expect(found?.effects.map(({ factor, contexts }) => [factor, contexts])).to.deep.equal([
      ["part.a", 3],
      ["b", 2],
    ]);
    const [ofA, ofB] = found?.effects ?? [];
    expect(ofA?.levels[1]?.rates.map((rate) => Number(rate.toFixed(9)))).to.deep.equal([0.61, 0.62, 0.63]);
    expect(ofA?.levels[1]?.difference?.difference).to.be.closeTo(0.2, 1e-12);
    expect(ofA?.levels[1]?.difference?.interval[0]).to.be.closeTo(0.2, 1e-12);
    expect(ofB?.levels.map(({ success }) => Number(success.toFixed(9)))).to.deep.equal([0.42, 0.52, 0.62]);
    expect(ofB?.levels[0]?.difference).to.equal(null);
  });

  it("crosses two settings, and says what was run where", () => {
    const [crossed] = ablation(grid)?.interactions ?? [];
    expect([crossed?.rows.name, crossed?.columns.name, crossed?.seeds]).to.deep.equal(["part.a", "b", seeds]);
    expect(crossed?.cells[1]?.[2]?.success).to.be.closeTo(successAt(1, 2, 2), 1e-12);
    const missing = ablation(grid.filter(([a, b]) => a !== 1 || b !== 2))?.interactions[0];
    expect(missing?.cells[1]?.[2]).to.equal(null);
    expect(missing?.cells[1]?.[1]?.success).to.be.closeTo(successAt(1, 1, 2), 1e-12);
  });

  it("compares like with like where the grid has holes: a value is averaged where all values were run", () => {
    const [ofA] = ablation(grid.filter(([a, b]) => a !== 1 || b !== 2))?.effects ?? [];
    expect(ofA?.contexts).to.equal(2);
    expect(ofA?.levels[0]?.success).to.be.closeTo((successAt(0, 0, 2) + successAt(0, 1, 2)) / 2, 1e-12);
  });

  it("leaves out seeds that a value lacks, and gives one seed no interval", () => {
    const [ofA] = ablation(grid.filter(([a, , seed]) => a === 0 || seed === 2))?.effects ?? [];
    expect(ofA?.seeds).to.deep.equal([2]);
    expect(ofA?.levels[1]).to.include({ interval: null, difference: null });
  });

  it("crosses nothing where settings were varied one at a time", () => {
    const cross = grid.filter(([a, b]) => a === 0 || b === 0);
    expect(ablation(cross)?.effects).to.have.length(2);
    expect(ablation(cross)?.interactions).to.deep.equal([]);
  });

  it("says nothing of one setting with two values: the results show them", () => {
    expect(ablation(grid.filter(([, b]) => b === 0))).to.equal(null);
    expect(ablation(grid.filter(([a]) => a === 0))?.effects).to.have.length(1);
  });

  it("is told by tables and figures, in words for those who cannot see them", () => {
    const { effects, interactions } = ablation(grid) ?? { effects: [], interactions: [] };
    const rows = mainEffectsTable(effects).rows.map((cells) => cells.map(cellText));
    expect(rows[1]?.slice(0, 5)).to.deep.equal(["part.a", "1", "3", "3 settings", "62.0 %"]);
    expect(rows[1]?.[6]).to.equal("+20.0");
    const [crossed] = interactions;
    if (crossed === undefined) throw new Error("the grid has a crossing");
    expect(interactionTable(crossed).rows[1]?.map(cellText)[3]).to.equal("72.0 % [71.0, 73.0]");
    const figures = [...effects.map(settingEffectFigure), settingHeatMap(crossed, 0)];
    for (const figure of figures) {
      for (const layout of [WIDE, NARROW]) {
        const svg = renderFigure(figure, layout);
        expectWellFormed(svg);
        expect(svg).not.to.match(/NaN|undefined/);
      }
    }
    expect(renderFigure(settingHeatMap(crossed, 0), WIDE))
      .to.include("72.0 %")
      .and.to.include("[71.0, 73.0]");
    expect(settingHeatMap(crossed, 0).description).to.include("1, 2: 72.0 %");
  });
});
