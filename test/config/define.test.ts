import { expect } from "chai";
import { defineExperiment, type ExperimentInput } from "../../ts/config.ts";
import { ConfigError } from "../../ts/errors.ts";
import { smallExperiment } from "../small-experiment.ts";

describe("defineExperiment", () => {
  const minimal: ExperimentInput = {
    name: "minimal",
    environment: { id: "numberline" },
    policy: { kind: "checkpoint", path: "model" },
    iterations: 2,
  };

  it("fills in RL4VLM's PPO, and no SCM", () => {
    const { algorithm, scm, entropy, seed } = defineExperiment(minimal);
    expect(algorithm).to.include({ clip: 0.1, gamma: 0.9, lambda: 0.95, epochs: 4, maxGradNorm: 0.01, ratioGuard: 10 });
    expect({ scm, entropy, seed }).to.deep.equal({ scm: null, entropy: { kind: "none" }, seed: 0 });
  });

  it("changes nothing when a resolved experiment is defined again, also after JSON", () => {
    const resolved = smallExperiment();
    expect(defineExperiment(resolved)).to.deep.equal(resolved);
    expect(defineExperiment(JSON.parse(JSON.stringify(resolved)))).to.deep.equal(resolved);
  });

  const refused = (input: unknown, ...words: string[]): void => {
    expect(() => defineExperiment(input as ExperimentInput))
      .to.throw(ConfigError)
      .with.property("message")
      .that.satisfies((message: string) => words.every((word) => message.includes(word)), `${words}`);
  };

  it("suggests what a misspelt setting was meant to be, wherever it is", () => {
    refused({ ...minimal, iteration: 3 }, "iteration: no such setting; did you mean `iterations`?");
    refused({ ...minimal, algorithm: { clipp: 0.2 } }, "algorithm.clipp: no such setting; did you mean `clip`?");
    refused(
      { ...minimal, scm: {}, entropy: { kind: "causal", coeficient: 1 } },
      "entropy.coeficient",
      "`coefficient`",
      "entropy.coefficient: missing",
    );
    refused(
      { ...minimal, evaluation: { selection: { episodes: 5, stopAt: { succes: 1 } } } },
      "evaluation.selection.stopAt.succes: no such setting; did you mean `success`?",
    );
    refused({ ...minimal, wholly: 1 }, "wholly: no such setting; known here: name, seed, environment");
  });

  it("makes a misspelt setting a compile error, too", () => {
    // @ts-expect-error: did you mean `iterations`?
    expect(() => defineExperiment({ ...minimal, iteration: 3 })).to.throw(ConfigError);
    // @ts-expect-error: did you mean `coefficient`?
    expect(() => defineExperiment({ ...minimal, entropy: { kind: "uniform", coeficient: 1 } })).to.throw(ConfigError);
  });

  it("says path, expectation and what came", () => {
    refused({ ...minimal, iterations: "three" }, 'iterations: expected number, received "three"');
    refused({ ...minimal, algorithm: { gamma: 1.5 } }, "algorithm.gamma: expected at most 1, received 1.5");
    refused({ ...minimal, algorithm: { clip: 0 } }, "algorithm.clip: expected more than 0, received 0");
    refused({ ...minimal, name: "a/b" }, "name:", "letters", 'received "a/b"');
    refused(
      { ...minimal, policy: { kind: "lora" } },
      'policy.kind: expected "embedded" | "checkpoint" | "convolutional" | "autoui" | "embedded-autoui", received "lora"',
    );
    refused(
      { ...minimal, worker: { device: "cua" } },
      'worker.device: expected "auto" | "cpu" | "cuda", received "cua"',
      "did you mean",
    );
    refused({ ...minimal, environment: undefined }, "environment: missing; expected object");
  });

  it("tells all that is wrong at once", () => {
    refused({ ...minimal, seed: -1, iterations: -1 }, "seed: expected at least 0", "iterations: expected at least 0");
  });

  it("refuses settings that contradict each other", () => {
    refused(
      { ...minimal, entropy: { kind: "causal", coefficient: 0.1 } },
      "scm: causal weights of kind paper need one",
    );
    refused({ ...minimal, policy: { kind: "embedded" } }, "sft:");
    const target = { entropy: 1 };
    refused(
      { ...minimal, entropy: { kind: "uniform", coefficient: 0, schedule: "linear", target } },
      "entropy.schedule",
      "entropy.coefficient: expected more than 0",
    );
    const nothing = { null: false, delete: false, sampled: 0 };
    refused(
      { ...minimal, gradient: { kind: "causal" }, weights: { kind: "exact", replacements: nothing } },
      "weights.replacements: expected null, delete or sampled > 0",
    );
    refused({ ...minimal, worker: { dtype: "bfloat16" } }, "guards.maxLogProbGap", "null");
    const apart = { engine: { kind: "transformers", ownProcess: true } } as const;
    refused(
      { ...minimal, worker: { ...apart, launcher: "torchrun" } },
      'worker.launcher: expected "single" with an engine in a process of its own',
    );
    refused(
      { ...minimal, worker: { engine: { kind: "transformers", cudaDevice: 1 } } },
      "worker.engine.cudaDevice: expected null",
    );
    const stale = { ...minimal, worker: apart, rollout: { staleness: 1 }, checkpoint: { every: 4 } };
    expect(defineExperiment(stale).rollout.staleness).to.equal(1);
    refused({ ...stale, worker: {} }, "rollout.staleness: expected 0", "worker.engine.ownProcess");
    refused({ ...stale, algorithm: { kind: "awr" } }, 'rollout.staleness: expected 0 with algorithm.kind "awr"');
    refused({ ...stale, worker: { engine: { kind: "vllm", sleep: true } } }, "worker.engine.sleep: expected false");
    refused(
      { ...stale, mismatch: { oldLogProbs: "sampled" } },
      'mismatch.oldLogProbs: expected "recomputed" or "auto"',
    );
    refused({ ...stale, checkpoint: {} }, "checkpoint.every: expected more than 1");
    refused(
      { ...stale, evaluation: { selection: { episodes: 4 } } },
      "evaluation.selection.every: expected more than 1",
    );
    refused({ ...stale, rollout: { staleness: 2 } }, "rollout.staleness: expected at most 1, received 2");
    refused({ ...minimal, worker: { processes: 2 } }, 'worker.processes: expected 1 with worker.launcher "single"');
    refused({ ...minimal, algorithm: { batchSize: 4, microBatch: 8 } }, "algorithm.microBatch: expected at most");
    refused({ ...minimal, rollout: { environments: 2, groups: 3 } }, "rollout.groups: expected at most");
    refused({ ...minimal, rollout: { asynchronous: true } }, "rollout.asynchronous: expected false", "awr");
    refused(
      { ...minimal, algorithm: { kind: "awr" }, rollout: { asynchronous: true, groups: 2 } },
      "rollout.groups: expected 1 with rollout.asynchronous",
    );
    refused({ ...minimal, algorithm: { valueWarmupIterations: 2 } }, "algorithm.valueWarmupIterations");
    const encoder = { kind: "fresh", maxPositions: 16 } as const;
    refused({ ...minimal, scm: { encoder } }, "scm.encoder.maxPositions: expected at least");
  });

  it("takes an experiment without a kind of algorithm for PPO, and fills in either's defaults", () => {
    expect(defineExperiment({ ...minimal, algorithm: { clip: 0.3 } }).algorithm).to.include({ kind: "ppo", clip: 0.3 });
    const { algorithm } = defineExperiment({ ...minimal, algorithm: { kind: "awr" } });
    expect(algorithm).to.include({ kind: "awr", gamma: 0.5, capacity: 2000, filterQuantile: 0.9, mode: "online" });
    expect(defineExperiment(defineExperiment({ ...minimal, algorithm }))).to.deep.equal(
      defineExperiment({ ...minimal, algorithm }),
    );
    refused({ ...minimal, algorithm: { kind: "awr", clip: 0.2 } as never }, "algorithm.clip: no such setting");
    refused({ ...minimal, algorithm: { kind: "a2c" } as never }, 'algorithm.kind: expected "ppo" | "awr"');
  });

  it("names what contradicts AWR's settings", () => {
    const awr = { kind: "awr" } as const;
    refused({ ...minimal, algorithm: { ...awr, mode: "offline" }, iterations: 2 }, "iterations: expected 1");
    refused(
      { ...minimal, algorithm: { ...awr, mode: "offline-to-online" }, iterations: 1 },
      "iterations: expected at least 2",
    );
    refused(
      { ...minimal, algorithm: { ...awr, episodes: 4 }, rollout: { environments: 8 } },
      "rollout.environments: expected at most the 4 episodes",
    );
    refused({ ...minimal, algorithm: awr, gradient: { kind: "kl-cov" } }, 'gradient.kind: "kl-cov" compares');
    refused({ ...minimal, algorithm: awr, policy: { kind: "convolutional" } }, "algorithm.critics.encoder.kind");
    refused(
      { ...minimal, algorithm: { ...awr, critics: { warmupIterations: 9 } }, iterations: 3 },
      "algorithm.critics.warmupIterations: expected fewer than iterations 3",
    );
  });

  describe("of a convolutional policy", () => {
    const pixels: ExperimentInput = { ...minimal, policy: { kind: "convolutional" } };

    it("fills in the network of Mnih et al. on 84×84 pixels", () => {
      expect(defineExperiment(pixels).policy).to.deep.equal({
        kind: "convolutional",
        imageSize: 84,
        layers: [
          { filters: 32, kernel: 8, stride: 4 },
          { filters: 64, kernel: 4, stride: 2 },
          { filters: 64, kernel: 3, stride: 1 },
        ],
        hiddenSize: 512,
      });
    });

    it("refuses what needs text", () => {
      const causal = { kind: "causal", coefficient: 0.1 } as const;
      refused({ ...pixels, scm: {}, entropy: causal }, "policy.kind: a convolutional policy's utterance is one token");
      refused({ ...pixels, scm: {}, gradient: { kind: "causal" } }, "policy.kind", 'gradient.kind "uniform"');
      const demonstrations = { count: 10 };
      refused({ ...pixels, sft: { demonstrations, steps: 1, learningRate: 1 } }, "sft: expected null");
      expect(defineExperiment({ ...pixels, entropy: { kind: "uniform", coefficient: 0.01 } }).sft).to.equal(null);
    });

    it("refuses images that its layers would use up", () => {
      refused({ ...pixels, policy: { kind: "convolutional", imageSize: 35 } }, "policy.imageSize", "received 35");
      expect(defineExperiment({ ...pixels, policy: { kind: "convolutional", imageSize: 36 } })).to.have.nested.property(
        "policy.imageSize",
        36,
      );
    });

    it("refuses environments whose actions are more than one label", () => {
      refused({ ...pixels, environment: { id: "elevator" } }, "one action factor", "`elevator` has 3");
    });
  });

  it("fills in a small AutoUI, and names what its sizes contradict", () => {
    const policy = { kind: "embedded-autoui" } as const;
    const sft = { demonstrations: { count: 10 }, steps: 1, learningRate: 1e-3 };
    expect(defineExperiment({ ...minimal, sft, policy }).policy).to.include({ hiddenSize: 64, visionHiddenSize: 64 });
    refused({ ...minimal, policy }, "sft: the embedded policy starts from nothing");
    refused(
      { ...minimal, sft, policy: { ...policy, heads: 3, visionHiddenSize: 63, imageSize: 60 } },
      "policy.heads: expected a divisor of policy.hiddenSize 64, received 3",
      "policy.patchSize: expected a divisor of policy.imageSize 60",
    );
    refused(
      { ...minimal, sft, policy: { ...policy, visionHiddenSize: 30 } },
      "policy.heads: expected a divisor of policy.visionHiddenSize 30, received 4",
    );
    const folders: ExperimentInput["policy"] = { kind: "autoui", path: "models/autoui" } as never;
    refused({ ...minimal, policy: folders }, "policy.vision: missing");
  });

  it("checks what differs in reported evaluations by the environment's schema, too", () => {
    const { evaluation } = defineExperiment({ ...minimal, evaluation: { settings: { prompt: "brief" } } });
    expect(evaluation.settings).to.deep.equal({ prompt: "brief" });
    refused(
      { ...minimal, evaluation: { settings: { promt: "brief" } } },
      "evaluation.settings of `numberline`",
      "promt",
    );
  });

  it("checks the environment's own settings by the environment's schema", () => {
    refused({ ...minimal, environment: { id: "numberlines" } }, "numberlines");
    refused(
      { ...minimal, environment: { id: "numberline", settings: { promt: "brief" } } },
      "environment.settings of `numberline`",
      "promt: no such setting; did you mean `prompt`?",
    );
    const { environment } = defineExperiment(minimal);
    expect(environment.settings).to.have.property("prompt");
  });
});
