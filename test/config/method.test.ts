import { expect } from "chai";
import { methodName, usesCausalWeights, usesScm } from "../../ts/config/method.ts";
import { defineExperiment, type ExperimentInput } from "../../ts/config.ts";

const method = (changes: Partial<ExperimentInput>) =>
  defineExperiment({
    name: "named",
    environment: { id: "numberline" },
    policy: { kind: "checkpoint", path: "somewhere" },
    iterations: 2,
    scm: {},
    ...changes,
  });
const strength = { coefficient: 0.1 };

describe("methodName", () => {
  it("calls the paper's methods as the paper does, and says what differs from them", () => {
    const names = (
      [
        [{}, "RL"],
        [{ entropy: { kind: "uniform", ...strength } }, "RL+H"],
        [{ entropy: { kind: "causal", ...strength } }, "CoSo"],
        [{ entropy: { kind: "causal", ...strength }, weights: { kind: "exact" } }, "CoSo (exact weights)"],
        [{ entropy: { kind: "none" }, weights: { kind: "exact" } }, "RL"],
        [{ entropy: { kind: "high-entropy", ...strength } }, "RL+H on the top 20 %"],
        [{ gradient: { kind: "kl-cov" } }, "RL (KL-Cov)"],
        [{ policy: { kind: "convolutional" } }, "CNN + RL"],
        [{ algorithm: { kind: "awr" } }, "RL (AWR)"],
        [{ algorithm: { kind: "awr" }, entropy: { kind: "causal", ...strength } }, "CoSo (AWR)"],
        [{ algorithm: { kind: "awr", critics: null } }, "RL (filtered BC)"],
        [{ algorithm: { kind: "awr", mode: "offline" }, iterations: 1 }, "RL (offline AWR)"],
        [{ iterations: 0 }, "zero-shot"],
        [{ iterations: 0, sft: { demonstrations: { count: 9 }, steps: 1, learningRate: 1e-3 } }, "SFT"],
        [{ policy: { kind: "convolutional" }, entropy: { kind: "uniform", ...strength } }, "CNN + RL+H"],
        [
          { gradient: { kind: "causal" }, entropy: { kind: "action", ...strength }, weights: { kind: "published" } },
          "RL+H on the action (published weights, causal gradient)",
        ],
      ] as const satisfies readonly (readonly [Partial<ExperimentInput>, string])[]
    ).map(([changes, expected]) => [methodName(method(changes)), expected]);
    for (const [name, expected] of names) expect(name).to.equal(expected);
  });
});

describe("usesScm", () => {
  it("is where causal weights come from one", () => {
    const causal = { kind: "causal", ...strength } as const;
    const kinds = ["paper", "published", "exact", "gradient", "hierarchical", "policy"] as const;
    const using = kinds.filter((kind) => usesScm(method({ entropy: causal, weights: { kind } })));
    expect(using).to.deep.equal(["paper", "published", "gradient", "hierarchical"]);
    expect(kinds.some((kind) => usesScm(method({ weights: { kind } })))).to.equal(false);
    expect(usesCausalWeights(method({ gradient: { kind: "causal" } }))).to.equal(true);
  });
});
