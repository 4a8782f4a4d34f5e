import { expect } from "chai";
import { defineExperiment } from "../../ts/config.ts";

describe("the SCM's default size", () => {
  it("is the one that python/tests/test_scm.py counts 0.01B parameters of", () => {
    const { scm } = defineExperiment({
      name: "default-scm",
      environment: { id: "numberline" },
      policy: { kind: "checkpoint", path: "models/a-vlm" },
      scm: {},
      iterations: 1,
    });
    expect(scm?.encoder).to.deep.equal({
      kind: "fresh",
      hiddenSize: 256,
      layers: 3,
      heads: 4,
      feedForwardSize: 1024,
      dropout: 0.1,
      maxPositions: 512,
    });
    expect(scm?.pooling).to.equal("masked-mean");
  });
});
