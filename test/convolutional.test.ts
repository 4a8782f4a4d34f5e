import { readFileSync } from "node:fs";
import { expect } from "chai";
import { defineExperiment } from "../ts/config.ts";
import { evaluateRun } from "../ts/evaluate-run.ts";
import { train } from "../ts/train.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** The real worker and the real environment under a network of a few hundred weights. */
describe("a training of a convolutional policy", function () {
  this.timeout(120_000);
  const path = temporaryFolder();

  it("passes the guards, learns from whole utterances of one token, and is what coso eval finds again", async () => {
    const experiment = defineExperiment({
      name: "pixels",
      environment: { id: "numberline" },
      policy: {
        kind: "convolutional",
        imageSize: 24,
        layers: [{ filters: 4, kernel: 8, stride: 4 }],
        hiddenSize: 16,
      },
      sampling: { temperature: 1 },
      worker: { device: "cpu" },
      algorithm: { batchSize: 16, microBatch: 8, learningRate: 1e-2, maxGradNorm: 0.5 },
      rollout: { environments: 8, stepsPerEnvironment: 4 },
      iterations: 2,
      evaluation: { episodes: 20 },
    });
    const { stages, envSteps, parameters } = await train(experiment, { directory: path("run") });
    expect({ envSteps, parameters }).to.deep.equal({
      envSteps: 64,
      // 8·8·3·4 + 4, 5·5·4·16 + 16, 16·2 + 2, and 16 + 1 of the value head.
      parameters: { policy: 772 + 1616 + 34, valueHead: 17, scm: 0, critics: 0 },
    });
    const [before, after] = stages;
    expect([before?.stage, after?.stage]).to.deep.equal(["before CNN + RL", "after CNN + RL"]);
    expect(after?.sampled).to.include({ validJson: 1, invalid: 0, episodes: 20 });
    for (const { metrics } of readMetrics(path("run", "metrics.jsonl"))) {
      expect(metrics["mismatch/max"]).to.be.lessThan(1e-5);
      expect(metrics["policy/grad_norm"]).to.be.greaterThan(0);
    }
    expect(await evaluateRun(path("run"), { checkpoint: "final" })).to.deep.include(after?.sampled);
  });
});

function readMetrics(file: string): { metrics: Record<string, number> }[] {
  const lines = readFileSync(file, "utf8").trim().split("\n");
  return lines.map((line) => JSON.parse(line));
}
