import { expect } from "chai";
import { benchUpdate } from "../../ts/bench/update.ts";

describe("benchUpdate", () => {
  it("comes to the same loss and gradient by both ways, padding and entropy included", async function () {
    this.timeout(120_000); // two Python processes that import torch
    const sizes = {
      steps: 3,
      shortest: 2,
      longest: 9,
      newTokens: 6,
      padded: 60,
      microBatch: 2,
      vocabulary: 600,
      hiddenSize: 16,
      layers: 1,
    };
    const figures = await benchUpdate({ rounds: 1, sizes });
    expect(figures.lossDifference).to.be.below(1e-5);
    expect(figures.gradNormDifference).to.be.below(1e-5);
    expect(figures.timeRatio).to.equal(figures.seconds / figures.referenceSeconds);
    expect(figures.n).to.equal(1);
  });
});
