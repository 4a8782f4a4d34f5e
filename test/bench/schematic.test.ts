import { expect } from "chai";
import { benchSchematic } from "../../ts/bench/schematic.ts";
import { describeWithAlfworld } from "../environments/alfworld/games.ts";

describeWithAlfworld("benchSchematic", () => {
  it("tells frames a second, with and without sprites at hand", async () => {
    const figures = await benchSchematic({ steps: 20, size: "small" });
    expect(figures).to.include({ n: 400 });
    const { newProcessFramesPerSecond = 0, framesPerSecond = 0, shareOfStep = 0 } = figures;
    expect(newProcessFramesPerSecond).to.be.above(0);
    expect(framesPerSecond).to.be.above(newProcessFramesPerSecond);
    expect(shareOfStep).to.be.above(0);
  }).timeout(60_000);
});
