import { expect } from "chai";
import { benchEnvironment } from "../../ts/bench/environment.ts";

describe("benchEnvironment", () => {
  it("measures every game against Pillow, both sides drawing as much ink", async () => {
    const figures = await benchEnvironment({ rounds: 2, stepsARound: 100 });
    const games = ["numberline", "numberline-uncached", "ezpoints", "points24", "blackjack"];
    const names = ["stepsPerSecond", "pillowStepsPerSecond", "ratio", "n"];
    expect(Object.keys(figures)).to.deep.equal(games.flatMap((game) => names.map((name) => `${game}.${name}`)));
    for (const game of games) {
      const [own = 0, pillow = 0, ratio, n] = names.map((name) => figures[`${game}.${name}`]);
      expect(ratio, game).to.be.closeTo(own / pillow, 1e-9 * (own / pillow));
      expect(n).to.equal(200);
    }
    // Frames that are kept win even in so few steps; how much faster the others are is for the benchmark to say.
    expect(figures["numberline.ratio"]).to.be.above(3);
  }).timeout(60_000);
});
