import { expect } from "chai";
import { benchOverlap } from "../../ts/bench/overlap.ts";

describe("benchOverlap", function () {
  this.timeout(240_000); // six workers, four of them with an engine, each of which imports torch

  it("sets iterations with an engine apart against those with the engine in the worker", async () => {
    const changes = {
      rollout: { environments: 4, groups: 2, stepsPerEnvironment: 1 },
      sampling: { temperature: 0.5, maxNewTokens: 8 },
    };
    const figures = await benchOverlap({ iterations: 2, rounds: 1, changes });
    expect(figures.n).to.equal(1);
    for (const steps of ["", "slow."]) {
      const seconds = (way: string): number => figures[`${steps}${way}.seconds`] ?? Number.NaN;
      expect(figures[`${steps}apartRatio`]).to.be.closeTo(seconds("here") / seconds("apart"), 1e-9);
      expect(figures[`${steps}aheadRatio`]).to.be.closeTo(seconds("here") / seconds("ahead"), 1e-9);
      // A rollout that has been played already is not waited for.
      expect(figures[`${steps}ahead.rolloutSeconds`]).to.be.lessThan(seconds("ahead"));
    }
    expect(figures["slow.here.rolloutSeconds"]).to.be.greaterThan(0.4);
  });
});
