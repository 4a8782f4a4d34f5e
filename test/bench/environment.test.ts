import { expect } from "chai";
import { benchEnvironment } from "../../ts/bench/environment.ts";

describe("benchEnvironment", () => {
  it("measures three ways that draw the same frames, and finds ours several times faster", async () => {
    const figures = await benchEnvironment({ rounds: 3, stepsARound: 300 });
    expect(figures.n).to.equal(900);
    expect(figures.ratio).to.equal(figures.stepsPerSecond / figures.pillowStepsPerSecond);
    expect(figures.uncachedRatio).to.equal(figures.uncachedStepsPerSecond / figures.pillowStepsPerSecond);
    expect(figures.ratio).to.be.above(3);
    expect(figures.uncachedRatio).to.be.above(1);
  });
});
