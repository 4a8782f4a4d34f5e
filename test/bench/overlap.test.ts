import { expect } from "chai";
import { benchOverlap } from "../../ts/bench/overlap.ts";

describe("benchOverlap", function () {
  this.timeout(240_000); // three workers, two of them with an engine, each of which imports torch

  it("sets iterations with an engine apart against those with the engine in the worker", async () => {
    const changes = {
      rollout: { environments: 4, groups: 2, stepsPerEnvironment: 1 },
      sampling: { temperature: 0.5, maxNewTokens: 8 },
    };
    const figures = await benchOverlap({ iterations: 2, rounds: 1, changes });
    const { apartRatio, aheadRatio, n } = figures;
    const seconds = (way: string): number => figures[`${way}.seconds`] ?? Number.NaN;
    expect(apartRatio).to.be.closeTo(seconds("here") / seconds("apart"), 1e-9);
    expect(aheadRatio).to.be.closeTo(seconds("here") / seconds("ahead"), 1e-9);
    expect(n).to.equal(1);
    // A rollout that has been played already is not waited for.
    expect(figures["ahead.rolloutSeconds"]).to.be.lessThan(seconds("ahead"));
  });
});
