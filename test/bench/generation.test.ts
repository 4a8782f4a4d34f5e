import { expect } from "chai";
import { benchGeneration } from "../../ts/bench/generation.ts";

describe("benchGeneration", () => {
  it("says what generate says, and its log-probs are those of training", async function () {
    this.timeout(120_000); // six Python processes that import torch
    const sizes = {
      observations: 6,
      shortest: 2,
      longest: 5,
      newTokens: 6,
      slots: 2,
      vocabulary: 600,
      hiddenSize: 16,
      layers: 1,
    };
    const figures = await benchGeneration({ rounds: 1, sizes });
    expect(figures.maxAbsDiff).to.be.below(1e-4);
    expect(figures.sameTokens).to.equal(1);
    // A batch of two rows and one of one, all of six tokens, and six rows of which some end before.
    expect(figures.n).to.be.within(18 + 6, 18 + 35);
    expect(figures.ratio).to.equal(figures.tokensPerSecond / figures.generateTokensPerSecond);
  });
});
