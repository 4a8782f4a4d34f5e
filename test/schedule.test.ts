import { expect } from "chai";
import { defineExperiment } from "../ts/config.ts";
import {
  adaptedCoefficient,
  entropyCoefficientAt,
  entropyTerm,
  learningRateFactor,
  ppoSettingsAt,
} from "../ts/schedule.ts";

describe("learningRateFactor", () => {
  type Schedule = Parameters<typeof learningRateFactor>[0];
  const over = (iterations: number, schedule: Omit<Schedule, "fallIterations"> & Partial<Schedule>) =>
    Array.from({ length: iterations }, (_, k) =>
      Number(learningRateFactor({ fallIterations: null, ...schedule }, k, iterations).toFixed(4)),
    );

  it("rises over the warm-up, peaks after it, and ends at the final fraction", () => {
    expect(over(7, { shape: "linear", finalFraction: 0.1, warmupIterations: 2 })).to.deep.equal([
      0.3333, 0.6667, 1, 0.775, 0.55, 0.325, 0.1,
    ]);
    expect(over(5, { shape: "cosine", finalFraction: 0, warmupIterations: 0 })).to.deep.equal([
      1, 0.8536, 0.5, 0.1464, 0,
    ]);
    expect(over(3, { shape: "constant", finalFraction: 0, warmupIterations: 0 })).to.deep.equal([1, 1, 1]);
  });

  it("holds the end of a fall shorter than the run, and cuts off a longer one", () => {
    const cosine = { shape: "cosine", finalFraction: 0, warmupIterations: 0 } as const;
    expect(over(6, { ...cosine, fallIterations: 4 })).to.deep.equal([1, 0.8536, 0.5, 0.1464, 0, 0]);
    expect(over(2, { ...cosine, fallIterations: 4 })).to.deep.equal([1, 0.8536]);
  });

  it("is the peak where one iteration is all there is", () => {
    expect(over(1, { shape: "cosine", finalFraction: 0, warmupIterations: 0 })).to.deep.equal([1]);
  });
});

const strength = { coefficient: 2, reduction: "mean", schedule: "linear", target: null } as const;

describe("entropyCoefficientAt", () => {
  it("lets α fall so that it would be 0 after the last iteration", () => {
    const entropy = { kind: "causal", floor: 0, ...strength } as const;
    expect([0, 1, 2, 3].map((k) => entropyCoefficientAt(entropy, k, 4, null))).to.deep.equal([2, 1.5, 1, 0.5]);
    expect(entropyCoefficientAt({ ...entropy, schedule: "constant" }, 3, 4, null)).to.equal(2);
    expect(entropyCoefficientAt({ kind: "none" }, 3, 4, null)).to.equal(0);
  });
});

describe("adaptedCoefficient", () => {
  const target = { entropy: 1, rate: 0.5, largest: 3 };
  const entropy = { kind: "uniform", ...strength, schedule: "constant", target } as const;

  it("raises α under the target, lowers it above, keeps it there, and stays in bounds", () => {
    expect(adaptedCoefficient(entropy, 2, 0.5)).to.be.closeTo(2 * Math.exp(0.25), 1e-12);
    expect(adaptedCoefficient(entropy, 2, 2)).to.be.closeTo(2 * Math.exp(-0.25), 1e-12);
    expect(adaptedCoefficient(entropy, 2, 1)).to.equal(2);
    expect(adaptedCoefficient(entropy, 2.9, 0)).to.equal(3);
  });

  it("brings a policy whose entropy grows with α to the target", () => {
    let coefficient = 0.01;
    for (let k = 0; k < 200; k++) coefficient = adaptedCoefficient(entropy, coefficient, 4 * coefficient) ?? 0;
    expect(4 * coefficient).to.be.closeTo(1, 1e-3);
  });

  it("is null where α is scheduled", () => {
    expect(adaptedCoefficient({ ...entropy, target: null }, 2, 1)).to.equal(null);
    expect(adaptedCoefficient({ kind: "none" }, 0, 1)).to.equal(null);
  });
});

describe("entropyTerm", () => {
  it("names the weights that the worker is to use", () => {
    const weightsOf = (entropy: Parameters<typeof entropyTerm>[0]) => entropyTerm(entropy, 0.1)?.weights;
    expect(weightsOf({ kind: "causal", floor: 0.2, ...strength })).to.deep.equal({ kind: "causal", floor: 0.2 });
    expect(weightsOf({ kind: "high-entropy", share: 0.2, ...strength })).to.deep.equal({
      kind: "high-entropy",
      share: 0.2,
    });
    expect(weightsOf({ kind: "span", ...strength })).to.deep.equal({ kind: "span" });
    expect(entropyTerm({ kind: "none" }, 0)).to.equal(null);
  });
});

describe("ppoSettingsAt", () => {
  it("schedules the policy's learning rate and trains the value head alone at first", () => {
    const { algorithm } = defineExperiment({
      name: "scheduled",
      environment: { id: "numberline" },
      policy: { kind: "checkpoint", path: "model" },
      iterations: 3,
      algorithm: {
        learningRate: 0.1,
        valueLearningRate: 0.2,
        valueWarmupIterations: 1,
        learningRateSchedule: { shape: "linear", finalFraction: 0.5 },
      },
    });
    expect(ppoSettingsAt(algorithm, 0, 3)).to.include({ learningRate: 0.1, valueLearningRate: 0.2, valueOnly: true });
    expect(ppoSettingsAt(algorithm, 2, 3)).to.include({ learningRate: 0.05, valueLearningRate: 0.2, valueOnly: false });
    const learningRateSchedule = { ...algorithm.learningRateSchedule, includesValueHead: true };
    expect(ppoSettingsAt({ ...algorithm, learningRateSchedule }, 2, 3)).to.include({ valueLearningRate: 0.1 });
  });
});
