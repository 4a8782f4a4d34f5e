import { expect } from "chai";
import { defineExperiment } from "../../ts/config.ts";
import { type DigirlOptions, digirl } from "../../ts/presets/digirl.ts";

/** Where a number comes from, in DigiRL's repository. */
type Source =
  | "scripts/config/main/default.yaml"
  | "scripts/config/main/digirl_*.yaml"
  | "algorithms/digirl/trainer.py"
  | "algorithms/offpolicy_train_loop.py"
  | "models/critic.py";

const NUMBERS: readonly [setting: string, value: unknown, source: Source][] = [
  ["sampling.temperature", 1, "scripts/config/main/default.yaml"],
  ["sampling.maxNewTokens", 128, "scripts/config/main/default.yaml"],
  ["rollout.environments", 8, "scripts/config/main/default.yaml"],
  ["algorithm.episodes", 16, "scripts/config/main/default.yaml"],
  ["algorithm.gamma", 0.5, "scripts/config/main/default.yaml"],
  ["algorithm.learningRate", 1e-4, "scripts/config/main/default.yaml"],
  ["algorithm.maxGradNorm", 0.01, "scripts/config/main/default.yaml"],
  ["algorithm.steps", 20, "scripts/config/main/default.yaml"],
  // 4 in a pass, 32 of them accumulated.
  ["algorithm.batchSize", 4 * 32, "scripts/config/main/default.yaml"],
  ["algorithm.microBatch", 4, "scripts/config/main/default.yaml"],
  ["algorithm.capacity", 2000, "scripts/config/main/default.yaml"],
  ["algorithm.advantageCost", 0.05, "algorithms/digirl/trainer.py"],
  ["algorithm.filterQuantile", 0.9, "algorithms/offpolicy_train_loop.py"],
  ["algorithm.thoughtCoefficient", 1, "algorithms/digirl/trainer.py"],
  ["algorithm.critics.hiddenSize", 768, "models/critic.py"],
  ["algorithm.critics.learningRate", 1e-4, "scripts/config/main/default.yaml"],
  ["algorithm.critics.steps", 5, "scripts/config/main/default.yaml"],
  ["algorithm.critics.batchSize", 4 * 32, "algorithms/digirl/trainer.py"],
  ["algorithm.critics.instructionSteps", 5, "scripts/config/main/default.yaml"],
  ["algorithm.critics.instructionBatchSize", 8 * 32, "algorithms/digirl/trainer.py"],
  ["algorithm.critics.heldOut", 0.2, "algorithms/offpolicy_train_loop.py"],
  ["algorithm.critics.warmupIterations", 0, "scripts/config/main/default.yaml"],
  // Iterations of the offline phase, each of so many optimiser steps.
  ["algorithm.offline.steps", 30 * 20, "scripts/config/main/digirl_*.yaml"],
  ["algorithm.offline.criticSteps", 20 * 5, "scripts/config/main/digirl_*.yaml"],
  ["algorithm.offline.instructionSteps", 20 * 5, "scripts/config/main/digirl_*.yaml"],
  ["entropy.kind", "none", "algorithms/digirl/trainer.py"],
  ["kl", null, "algorithms/digirl/trainer.py"],
];

describe("the preset digirl", () => {
  const anywhere = { environment: { id: "numberline" }, policy: { kind: "checkpoint", path: "model" } } as const;
  const defined = (options: DigirlOptions) => defineExperiment({ name: "preset", ...anywhere, ...digirl(options) });

  it("has every number of the reference, and so have the defaults of AWR", () => {
    const { algorithm } = defineExperiment({
      name: "defaults",
      ...anywhere,
      algorithm: { kind: "awr" },
      iterations: 1,
    });
    const preset = defined({ mode: "online" });
    expect(preset.algorithm).to.deep.equal(algorithm);
    for (const [setting, value, source] of NUMBERS) {
      const found = setting.split(".").reduce<unknown>((tree, key) => Reflect.get(tree as object, key), preset);
      expect(found, `${setting} (${source})`).to.equal(value);
    }
  });

  it("counts what is learned offline as an iteration", () => {
    expect(defined({ mode: "online" }).iterations).to.equal(600);
    expect(defined({ mode: "offline" }).iterations).to.equal(1);
    expect(defined({ mode: "offline-to-online" }).iterations).to.equal(1 + 400);
  });

  it("has no critics where it is Filtered BC, and is otherwise the same", () => {
    const { algorithm } = defined({ mode: "online", algorithm: "filtered-bc" });
    expect({ ...defined({ mode: "online" }).algorithm, critics: null }).to.deep.equal(algorithm);
  });
});
