import { expect } from "chai";
import { benchCausal } from "../../ts/bench/causal.ts";

const sizes = {
  utterances: 3,
  shortest: 5,
  longest: 70,
  zeroedShare: 0.3,
  vocabulary: 50,
  hiddenSize: 16,
  layers: 1,
  heads: 2,
  feedForwardSize: 32,
  microBatch: 8,
};

describe("benchCausal", () => {
  it("finds the same effects by both ways, zeroed tokens and padding included, and sets their costs in relation", async function () {
    this.timeout(60_000); // two Python processes that import torch
    const figures = await benchCausal({ rounds: 1, sizes });
    expect(figures.maxAbsDiff).to.be.below(1e-6);
    expect(figures.largestEffect).to.be.above(1e-3).and.below(1);
    expect(figures.n).to.be.within(3 * 70 + 70 + 2 * 5, 2 * 3 * 70);
    expect(figures.timeRatio).to.equal(figures.seconds / figures.publishedSeconds);
    expect(figures.memoryRatio).to.equal(figures.extraBytes / figures.publishedExtraBytes);
    expect(figures.epochsTimeRatio).to.be.above(0);
    expect(figures.plainTimeRatio).to.be.above(0);
  });
});
