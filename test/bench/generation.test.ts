import { expect } from "chai";
import { benchGeneration } from "../../ts/bench/generation.ts";

describe("benchGeneration", () => {
  it("draws by both ways, and its log-probs are those of training", async function () {
    this.timeout(120_000); // two Python processes that import torch
    const sizes = {
      observations: 2,
      shortest: 2,
      longest: 5,
      newTokens: 4,
      vocabulary: 600,
      hiddenSize: 16,
      layers: 1,
    };
    const figures = await benchGeneration({ rounds: 1, sizes });
    expect(figures.maxAbsDiff).to.be.below(1e-4);
    expect(figures.n).to.be.within(2, 8);
    expect(figures.ratio).to.equal(figures.tokensPerSecond / figures.referenceTokensPerSecond);
  });
});
