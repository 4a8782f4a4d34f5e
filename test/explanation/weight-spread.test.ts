import { expect } from "chai";
import { normalised, weightSpread } from "../../ts/explanation/weight-spread.ts";

describe("the spread of weights", () => {
  it("has shares under 0.2, above 0.5, and by bins of 0.2 with 1 in the last", () => {
    const spread = weightSpread([Float32Array.of(0, 0.1, 0.25, 0.5), Float32Array.of(0.75, 1, 0.125, 0)]);
    expect(spread).to.deep.include({ tokens: 8, shareUnder02: 4 / 8, shareCritical: 2 / 8 });
    expect(spread.shares).to.deep.equal([4 / 8, 1 / 8, 1 / 8, 1 / 8, 1 / 8]);
    expect(spread.mean).to.be.closeTo(2.725 / 8, 1e-7);
  });

  it("normalises within each utterance, to 0 where all weights are equal", () => {
    expect([...normalised(Float32Array.of(0.25, 0.5, 0.75))]).to.deep.equal([0, 0.5, 1]);
    expect([...normalised(Float32Array.of(0.25, 0.25))]).to.deep.equal([0, 0]);
    const spread = weightSpread([Float32Array.of(0, 0.125), Float32Array.of(0.5, 1)]);
    expect(spread.normalisedShares).to.deep.equal([0.5, 0, 0, 0, 0.5]);
  });
});
