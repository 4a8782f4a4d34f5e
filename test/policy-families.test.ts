import { existsSync, readdirSync } from "node:fs";
import { expect } from "chai";
import { execa } from "execa";
import { defineExperiment, type ExperimentInput } from "../ts/config.ts";
import { registerEnvironment } from "../ts/environments/registry.ts";
import { evaluateRun } from "../ts/evaluate-run.ts";
import { pythonCommand, pythonEnvironment } from "../ts/processes/python-command.ts";
import { train } from "../ts/train.ts";
import { ladder } from "./environments/ladder.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** A random checkpoint of each family through the whole of a training, as a large one would go. */
describe("a checkpoint of the family", function () {
  this.timeout(240_000);
  const path = temporaryFolder();
  before(() => registerEnvironment(ladder));

  const sft = { demonstrations: { count: 12 }, steps: 3, batchSize: 4, microBatch: 2, learningRate: 1e-3 };
  const families = {
    llava_next: {
      environment: { id: "numberline" },
      policy: { lora: { rank: 2, alpha: 4 } },
      worker: { dtype: "bfloat16" },
      guards: { maxLogProbGap: null },
      sft,
    },
    qwen2_5_vl: {
      environment: { id: "ezpoints" },
      policy: { lora: { rank: 2 }, gradientCheckpointing: true },
      sft,
    },
    qwen2: {
      environment: { id: "ladder" },
      policy: {},
    },
    llama: {
      environment: { id: "numberline/text" },
      policy: { lora: { rank: 2, alpha: 4, dropout: 0 } },
      sft,
    },
  } as const satisfies Record<string, Omit<Partial<ExperimentInput>, "policy"> & { policy: object }>;

  for (const [family, settings] of Object.entries(families)) {
    it(`${family} learns by CoSo, is saved, and evaluates again as it was reported`, async () => {
      const [python = ""] = pythonCommand();
      await execa(python, ["tiny_checkpoints.py", family, path(family)], {
        cwd: "python/tests",
        env: pythonEnvironment(1),
      });
      const experiment = defineExperiment({
        name: family,
        ...(settings as typeof families.qwen2_5_vl),
        policy: { kind: "checkpoint", path: path(family), ...settings.policy },
        sampling: { temperature: 0.7, maxNewTokens: 12 },
        scm: { encoder: { kind: "fresh", hiddenSize: 16, layers: 1, heads: 2, feedForwardSize: 32, maxPositions: 32 } },
        entropy: { kind: "causal", coefficient: 0.05 },
        kl: { coefficient: 0.01 },
        algorithm: { epochs: 2, batchSize: 8, microBatch: 4, learningRate: 1e-3 },
        rollout: { environments: 4, stepsPerEnvironment: 2 },
        iterations: 2,
        evaluation: { episodes: 3 },
      });
      const summary = await train(experiment, { directory: path(`${family}-run`) });
      expect(summary.envSteps).to.equal(16);
      expect(summary.causalWeights?.tokens).to.be.greaterThan(16);
      const saved = path(`${family}-run`, "checkpoints", "final", "worker", "policy");
      const hasAdapters = "lora" in settings.policy;
      expect(existsSync(`${saved}/adapter_model.safetensors`)).to.equal(hasAdapters);
      expect(readdirSync(saved).includes("model.safetensors")).to.equal(!hasAdapters);
      const evaluated = await evaluateRun(path(`${family}-run`), { checkpoint: "final" });
      expect(evaluated).to.deep.include(summary.stages.at(-1)?.sampled);
    });
  }
});
