import { expect } from "chai";
import { benchIteration } from "../../ts/bench/iteration.ts";
import { cardNamed } from "../../ts/plan/cards.ts";
import { LLAVA_NEXT_PINPOINTS, type ModelShape } from "../../ts/plan/shapes.ts";

const TINY: ModelShape = {
  text: {
    hiddenSize: 32,
    intermediateSize: 48,
    layers: 2,
    heads: 4,
    keyValueHeads: 2,
    headSize: 8,
    vocabularySize: 2048,
    sharesEmbeddings: false,
    hasAttentionBias: false,
    contextLength: 4096,
  },
  vision: {
    kind: "tiles",
    hiddenSize: 16,
    intermediateSize: 32,
    layers: 3,
    heads: 2,
    imageSize: 336,
    patchSize: 14,
    pinpoints: LLAVA_NEXT_PINPOINTS,
    usedLayers: 2,
  },
  source: "this test",
};

const small = { rollout: { environments: 4, groups: 2, stepsPerEnvironment: 1 } };

describe("benchIteration", function () {
  this.timeout(180_000); // a worker a method, each of which imports torch

  it("sets CoSo's iteration against RL's with the embedded default", async () => {
    const subject = { shape: null, card: null };
    const changes = { ...small, sampling: { temperature: 0.5, maxNewTokens: 8 } };
    const figures = await benchIteration({ iterations: 2, changes, subject });
    const { rolloutSeconds = 0, timeRatio } = figures;
    const [rl, coso] = [figures["RL.updateSeconds"] ?? 0, figures["CoSo.updateSeconds"] ?? 0];
    expect(timeRatio).to.be.closeTo(
      (rolloutSeconds + coso + (figures["CoSo.causalSeconds"] ?? 0)) / (rolloutSeconds + rl),
      1e-9,
    );
    expect(figures["CoSo.causalSeconds"]).to.be.greaterThan(0);
    expect(figures).not.to.have.property("mfu");
  });

  it("takes the paper's settings through a checkpoint of random weights, and holds it against the card", async () => {
    const subject = { shape: TINY, card: cardNamed("h100") };
    const changes = {
      ...small,
      sampling: { temperature: 0.2, maxNewTokens: 4 },
      worker: { device: "cpu", dtype: "bfloat16" },
    } as const;
    const figures = await benchIteration({ iterations: 2, changes, subject });
    expect(figures.shareOfBound).to.be.within(1e-9, 1);
    expect(figures.mfu).to.be.within(1e-9, 1);
    const bound = figures.boundTokensPerSecond ?? 0;
    expect(figures.shareOfBound).to.be.closeTo((figures.tokensPerSecond ?? 0) / bound, 1e-12);
  });
});
