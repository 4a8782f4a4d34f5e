import { expect } from "chai";
import { entropyTermAt, learningRateFactor, ppoSettingsAt } from "../ts/schedule.ts";
import { smallExperiment } from "./small-experiment.ts";

describe("learningRateFactor", () => {
  const over = (iterations: number, schedule: Parameters<typeof learningRateFactor>[0]) =>
    Array.from({ length: iterations }, (_, k) => Number(learningRateFactor(schedule, k, iterations).toFixed(4)));

  it("rises over the warm-up, peaks after it, and ends at the final fraction", () => {
    expect(over(7, { shape: "linear", finalFraction: 0.1, warmupIterations: 2 })).to.deep.equal([
      0.3333, 0.6667, 1, 0.775, 0.55, 0.325, 0.1,
    ]);
    expect(over(5, { shape: "cosine", finalFraction: 0, warmupIterations: 0 })).to.deep.equal([
      1, 0.8536, 0.5, 0.1464, 0,
    ]);
    expect(over(3, { shape: "constant", finalFraction: 0, warmupIterations: 0 })).to.deep.equal([1, 1, 1]);
  });

  it("is the peak where one iteration is all there is", () => {
    expect(over(1, { shape: "cosine", finalFraction: 0, warmupIterations: 0 })).to.deep.equal([1]);
  });
});

describe("entropyTermAt", () => {
  it("lets α fall so that it would be 0 after the last iteration", () => {
    const entropy = { kind: "causal", coefficient: 2, reduction: "mean", schedule: "linear" } as const;
    expect(entropyTermAt(entropy, 0, 4)).to.deep.equal({ kind: "causal", coefficient: 2, reduction: "mean" });
    expect(entropyTermAt(entropy, 3, 4)).to.deep.equal({ kind: "causal", coefficient: 0.5, reduction: "mean" });
    expect(entropyTermAt({ ...entropy, schedule: "constant" }, 3, 4)).to.have.property("coefficient", 2);
    expect(entropyTermAt({ kind: "none" }, 3, 4)).to.deep.equal({ kind: "none" });
  });
});

describe("ppoSettingsAt", () => {
  it("schedules the policy's learning rate and trains the value head alone at first", () => {
    const { algorithm } = smallExperiment({
      algorithm: {
        learningRate: 0.1,
        valueLearningRate: 0.2,
        valueWarmupIterations: 1,
        learningRateSchedule: { shape: "linear", finalFraction: 0.5 },
      },
    });
    expect(ppoSettingsAt(algorithm, 0, 3)).to.include({ learningRate: 0.1, valueLearningRate: 0.2, valueOnly: true });
    expect(ppoSettingsAt(algorithm, 2, 3)).to.include({ learningRate: 0.05, valueLearningRate: 0.2, valueOnly: false });
  });
});
