import { expect } from "chai";
import { RandomStream } from "../../ts/random.ts";
import { curveOf, evaluations, meanCurve } from "../../ts/report/curve.ts";
import type { RecordedRun } from "../../ts/report/read-run.ts";
import { wilsonInterval } from "../../ts/report/statistics.ts";

describe("curves", () => {
  it("leaves out iterations where a metric was undefined, and counts seconds of training alone", () => {
    expect(curveOf(runOf([null, 0.5]), "m")).to.deep.equal([
      { iteration: 2, envSteps: 200, seconds: 4, value: 0.5, interval: null },
    ]);
    expect(curveOf(runOf([0.5]), "another")).to.deep.equal([]);
  });

  it("averages runs, within the interval of the mean, to where all of them went", () => {
    const points = meanCurve([runOf([0, 0.2, 0.3]), runOf([1, 0.4])], "m", new RandomStream(1));
    expect(points.map(({ iteration }) => iteration)).to.deep.equal([1, 2]);
    expect(points[0]).to.deep.include({ envSteps: 100, value: 0.5, interval: [0, 1] });
    expect(points[1]?.value).to.be.closeTo(0.3, 1e-12);
  });

  it("gives one run no interval of its own", () => {
    expect(meanCurve([runOf([0.5])], "m", new RandomStream(1))[0]?.interval).to.equal(null);
  });

  it("gives evaluations the interval of their episodes, where these were counted", () => {
    const run = runOf([0, 0]);
    const [first, second] = run.iterations;
    Object.assign(first?.metrics ?? {}, { "evaluation/success": 0.9, "evaluation/episodes": 50 });
    Object.assign(second?.metrics ?? {}, { "evaluation/success": 1 });
    expect(evaluations(run).map(({ interval }) => interval)).to.deep.equal([wilsonInterval(45, 50), null]);
  });

  function runOf(values: (number | null)[]): RecordedRun {
    return {
      directory: "run",
      config: {
        experiment: { name: "n", seed: 0, environment: { id: "e" } },
        method: "RL",
        revision: null,
        versions: {},
      },
      iterations: values.map((value, index) => ({
        iteration: index + 1,
        envSteps: (index + 1) * 100,
        metrics: { m: value },
        seconds: { rollout: 1.5, updatePolicy: 0.5, ...(index === 0 && { setup: 9, sft: 90 }), evaluate: 7 },
      })),
      explanations: [],
      episodes: [],
      images: new Map(),
      outcome: { kind: "unfinished", reason: "a test" },
    };
  }
});
