import { existsSync, readdirSync } from "node:fs";
import { expect } from "chai";
import { defineExperiment, type ExperimentInput } from "../ts/config.ts";
import { WorkerError } from "../ts/errors.ts";
import { evaluateRun } from "../ts/evaluate-run.ts";
import { type StartWorker, train } from "../ts/train.ts";
import { startWorker } from "../ts/worker/process.ts";
import { failure, metricsOf, readLines } from "./run-files.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** The real worker, the simulated phone and AutoUI's own form of utterances under a network of some ten thousand weights. */
describe("a training of a small AutoUI", function () {
  this.timeout(300_000);
  const path = temporaryFolder();

  const small: Omit<ExperimentInput, "name" | "iterations" | "algorithm"> = {
    environment: { id: "phone/canvas", settings: { kinds: ["open app"] } },
    policy: {
      kind: "embedded-autoui",
      hiddenSize: 32,
      layers: 1,
      heads: 2,
      imageSize: 32,
      visionHiddenSize: 24,
      visionLayers: 1,
    },
    sampling: { temperature: 1, maxNewTokens: 64 },
    worker: { device: "cpu" },
    sft: { demonstrations: { count: 24 }, steps: 20, batchSize: 8, microBatch: 4, learningRate: 1e-2 },
    scm: {
      encoder: { kind: "fresh", hiddenSize: 16, layers: 1, heads: 2, feedForwardSize: 32, maxPositions: 64 },
      pretraining: { utterances: 16, steps: 2 },
    },
    entropy: { kind: "causal", coefficient: 0.05 },
    kl: { coefficient: 0.01 },
    evaluation: { episodes: 2, environments: 2 },
  };

  it("passes the guards, learns by CoSo on PPO, and is what coso eval finds again", async () => {
    const experiment = defineExperiment({
      ...small,
      name: "autoui-ppo",
      algorithm: { batchSize: 8, microBatch: 4, learningRate: 1e-3, maxGradNorm: 0.5 },
      rollout: { environments: 4, stepsPerEnvironment: 2 },
      iterations: 2,
    });
    const { stages, envSteps, causalWeights } = await train(experiment, { directory: path("ppo") });
    expect(envSteps).to.equal(16);
    expect(causalWeights?.tokens).to.be.greaterThan(16);
    for (const { metrics: each } of readLines(path("ppo", "metrics.jsonl"))) {
      expect(each["mismatch/max"]).to.be.lessThan(1e-4);
      expect(each["policy/grad_norm"]).to.be.greaterThan(0);
    }
    const saved = path("ppo", "checkpoints", "final", "worker", "policy");
    expect(existsSync(`${saved}/model.safetensors`)).to.equal(true);
    expect(readdirSync(path("ppo", "model", "vision"))).to.include("model.safetensors");
    expect(await evaluateRun(path("ppo"), { checkpoint: "final" })).to.deep.include(stages.at(-1)?.sampled);
  });

  it("goes on exactly where AWR lost its worker, with critics that read its states", async () => {
    const experiment = defineExperiment({
      ...small,
      name: "autoui-awr",
      // Where chance succeeds often enough, and utterances are read soon enough, for steps to learn from.
      environment: { id: "numberline", settings: { prompt: "brief" } },
      sampling: { temperature: 0.5, maxNewTokens: 64 },
      sft: { demonstrations: { count: 60 }, steps: 100, batchSize: 16, microBatch: 16, learningRate: 1e-2 },
      algorithm: {
        kind: "awr",
        episodes: 8,
        filterQuantile: 0,
        critics: { hiddenSize: 16, learningRate: 1e-3, steps: 2, batchSize: 8, instructionSteps: 1 },
        steps: 2,
        batchSize: 8,
        microBatch: 4,
        learningRate: 1e-3,
        maxGradNorm: 0.5,
      },
      rollout: { environments: 8 },
      iterations: 2,
    });
    await train(experiment, { directory: path("awr") });
    for (const { metrics: each } of readLines(path("awr", "metrics.jsonl"))) {
      expect(each["mismatch/max"]).to.be.lessThan(1e-4);
      expect(each["policy/grad_norm"]).to.be.greaterThan(0);
    }
    let fits = 0;
    const losing: StartWorker = async (settings) => {
      const running = await startWorker(settings);
      const call: typeof running.client.call = (method, params, options) => {
        if (method === "fitCritics" && ++fits === 2) throw new WorkerError("exit", "lost");
        return running.client.call(method, params, options);
      };
      return { ...running, client: { call }, stop: () => running.stop() };
    };
    const options = { directory: path("cut"), offlineFrom: path("awr") };
    expect(await failure(train(experiment, { ...options, startWorker: losing }))).to.be.instanceOf(WorkerError);
    await train(experiment, { directory: path("cut"), resume: true });
    expect(metricsOf(path("cut"))).to.deep.equal(metricsOf(path("awr")));
  });
});
