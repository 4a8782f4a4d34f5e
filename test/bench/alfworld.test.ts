import { expect } from "chai";
import { benchAlfworld } from "../../ts/bench/alfworld.ts";
import { describeWithAlfworld } from "../environments/alfworld/games.ts";

describeWithAlfworld("benchAlfworld", () => {
  it("plays the same on both sides, alone and eight at once, and tells how much faster", async () => {
    const figures = await benchAlfworld({ steps: 5, size: "small" });
    expect(figures).to.include({ "oneWorld.n": 5, "eightWorlds.n": 40 });
    for (const worlds of ["oneWorld", "eightWorlds"]) {
      for (const bridge of ["pythonia", "zeromq"]) {
        const [ours, stock] = [figures[`${worlds}.${bridge}StepsPerSecond`], figures[`${worlds}.stockStepsPerSecond`]];
        expect(figures[`${worlds}.${bridge}Ratio`]).to.be.closeTo((ours ?? 0) / (stock ?? 1), 1e-6);
      }
    }
  }).timeout(120_000);
});
