import { existsSync, readFileSync } from "node:fs";
import { expect } from "chai";
import { execa } from "execa";
import { defineExperiment } from "../ts/config.ts";
import { evaluateRun } from "../ts/evaluate-run.ts";
import { pythonCommand, pythonEnvironment } from "../ts/processes/python-command.ts";
import { vllmInstallCommand, vllmPython } from "../ts/processes/vllm-python.ts";
import { train } from "../ts/train.ts";
import { temporaryFolder } from "./temporary-folder.ts";

describe("vLLM as the engine of a training", function () {
  this.timeout(600_000);
  const path = temporaryFolder();

  before(async function () {
    if (!existsSync(vllmPython())) {
      console.log(`      vLLM is not installed: ${vllmInstallCommand()}`);
      return this.skip();
    }
    const [python = ""] = pythonCommand();
    await execa(python, ["tiny_checkpoints.py", "served", path("served")], {
      cwd: "python/tests",
      env: pythonEnvironment(1),
    });
  });

  for (const lora of [null, { rank: 2, alpha: 4, dropout: 0 }]) {
    it(`${lora === null ? "whole weights" : "adapters"}: learns by CoSo, is saved, and evaluates again as it was reported`, async () => {
      const experiment = defineExperiment({
        name: "served",
        environment: { id: "numberline/text" },
        policy: { kind: "checkpoint", path: path("served"), lora },
        worker: { engine: { kind: "vllm", cacheGigabytes: 0.1 } },
        sampling: { temperature: 0.7, maxNewTokens: 12 },
        sft: { demonstrations: { count: 12 }, steps: 3, batchSize: 4, microBatch: 2, learningRate: 1e-2 },
        scm: { encoder: { kind: "fresh", hiddenSize: 16, layers: 1, heads: 2, feedForwardSize: 32, maxPositions: 32 } },
        entropy: { kind: "causal", coefficient: 0.05 },
        kl: { coefficient: 0.01 },
        algorithm: { epochs: 2, batchSize: 8, microBatch: 4, learningRate: 1e-2 },
        rollout: { environments: 4, stepsPerEnvironment: 2 },
        iterations: 2,
        evaluation: { episodes: 3 },
      });
      const directory = path(`run-${lora === null ? "whole" : "adapters"}`);
      const summary = await train(experiment, { directory });
      expect(summary.envSteps).to.equal(16);
      const lines = readFileSync(`${directory}/metrics.jsonl`, "utf8").trim().split("\n");
      expect(lines).to.have.length(2);
      const evaluated = await evaluateRun(directory, { checkpoint: "final" });
      expect(evaluated).to.deep.include(summary.stages.at(-1)?.sampled);
    });
  }
});
