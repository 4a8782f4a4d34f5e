import { expect } from "chai";
import { benchRollout } from "../../ts/bench/rollout.ts";

describe("benchRollout", () => {
  it("finds two groups faster than one, by less than the two that is possible, and own paces faster than lockstep", async function () {
    this.timeout(60_000); // a busy machine sleeps longer than it is told
    const figures = await benchRollout({ rounds: 3, timeSteps: 10, latencyMs: 20 });
    expect(figures.n).to.equal(3 * 10 * 8);
    expect(figures.ratio).to.be.closeTo(figures.stepsPerSecond / figures.oneGroupStepsPerSecond, 1e-9);
    expect(figures.ratio).to.be.within(1.05, 2);
    expect(figures.halfStepRatio).to.be.greaterThan(1);
    expect(figures.ownPaceRatio).to.be.greaterThan(1.5);
  });
});
