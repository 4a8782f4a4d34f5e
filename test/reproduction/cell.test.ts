import { expect } from "chai";
import { RandomStreams } from "../../ts/random.ts";
import { averageOf, cellOf, differenceOf, isBest, type SeedValue } from "../../ts/reproduction/cell.ts";

const draws = () => ({ name: "test", streams: new RandomStreams(0) });
const values = (rates: readonly number[], episodes: number | null = 20): SeedValue[] =>
  rates.map((value, seed) => ({ seed, value, episodes, run: `run-${seed}` }));
const cell = (rates: readonly number[], wanted = rates.length) => cellOf(values(rates), wanted, draws());

describe("a cell", () => {
  it("has mean, interval, seeds and episodes of its runs", () => {
    const three = cell([0.2, 0.4, 0.9]);
    expect(three).to.include({ state: "measured", episodes: 60, seedsWanted: 3, isBest: false });
    expect(three.mean).to.be.closeTo(0.5, 1e-12);
    expect(three.interval?.[0]).to.be.within(0.2, 0.3);
    expect(three.interval?.[1]).to.be.within(0.7, 0.9);
  });

  it("is partial where seeds are missing, and has Wilson's interval of a single run", () => {
    const one = cell([0.5], 3);
    expect(one.state).to.equal("partial");
    // Wilson's of 10 in 20.
    expect(one.interval?.[0]).to.be.closeTo(0.2993, 1e-4);
    expect(one.interval?.[1]).to.be.closeTo(0.7007, 1e-4);
    expect(cellOf(values([0.5], null), 1, draws())).to.include({ interval: null, episodes: null });
  });

  it("averages per seed, of the seeds that all columns have, each column alike or as often as it occurred", () => {
    const often = cellOf(values([1, 1, 1], 30), 3, draws());
    const rare = cellOf(values([0, 0.5], 10), 3, draws());
    const average = (weights: "equal" | "episodes") =>
      averageOf([often, rare], weights).map(({ seed, value }) => [seed, value]);
    expect(average("equal")).to.deep.equal([
      [0, 0.5],
      [1, 0.75],
    ]);
    expect(average("episodes")).to.deep.equal([
      [0, 0.75],
      [1, 0.875],
    ]);
    expect(averageOf([often, rare], "episodes")[0]).to.include({ episodes: 40, run: null });
  });
});

describe("the best cell", () => {
  const between = (one: number[], other: number[]) => differenceOf(cell(one), cell(other), draws());

  it("needs an interval above 0 against every other, over three pairs at least", () => {
    const clear = between([0.9, 0.8, 0.9], [0.5, 0.6, 0.5]);
    const unclear = between([0.9, 0.4, 0.9], [0.5, 0.6, 0.5]);
    const short = between([0.9, 0.8], [0.5, 0.6]);
    expect(clear?.interval[0]).to.be.greaterThan(0);
    expect(short?.interval[0]).to.be.greaterThan(0);
    expect(unclear?.interval[0]).to.be.at.most(0);
    expect(isBest([clear, clear])).to.equal(true);
    expect(isBest([clear, unclear])).to.equal(false);
    expect(isBest([clear, short])).to.equal(false);
    expect(isBest([clear, null])).to.equal(false);
  });

  it("is none where there is nothing to be better than, or nothing between two", () => {
    expect(isBest([])).to.equal(false);
    expect(isBest([between([1, 1, 1], [1, 1, 1])])).to.equal(false);
    expect(between([1], [0])).to.equal(null);
  });

  it("pairs by seed", () => {
    const late = cellOf(values([0, 0.3, 0.6]).slice(1), 3, draws());
    const difference = differenceOf(cell([0.9, 0.4, 0.7]), late, draws());
    expect(difference?.pairs).to.equal(2);
    expect(difference?.difference).to.be.closeTo(0.1, 1e-12);
  });
});
