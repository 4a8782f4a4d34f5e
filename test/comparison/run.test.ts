import { existsSync, readFileSync } from "node:fs";
import { expect } from "chai";
import { type Comparison, defineComparison, reportedTrials, tuningTrials } from "../../ts/comparison/definition.ts";
import { compareMethods } from "../../ts/comparison/run.ts";
import { ConfigError } from "../../ts/errors.ts";
import type { StartWorker } from "../../ts/train.ts";
import { numberLineWorker, starting } from "../numberline-worker.ts";
import { smallExperiment } from "../small-experiment.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const { seed: _seed, ...base } = smallExperiment({ evaluation: { episodes: 10 }, iterations: 2 });

function small(changes: Partial<Comparison> = {}): Comparison {
  return defineComparison({
    name: "small",
    base,
    methods: {
      RL: { experiment: { entropy: { kind: "none" } }, tuned: false },
      "RL+H": { experiment: { entropy: { kind: "uniform", coefficient: 0 } }, tuned: true },
      CoSo: { experiment: { entropy: { kind: "causal", coefficient: 0 } }, tuned: true },
    },
    tuning: { setting: "entropy.coefficient", values: [0.01, 0.1], seeds: [100] },
    seeds: [0, 1],
    ...changes,
  });
}

describe("a comparison", () => {
  it("tunes every tuned method alike and reports all methods on the same fresh seeds", () => {
    const comparison = small();
    const tuning = tuningTrials(comparison).map(({ method, seed, value }) => [method, seed, value]);
    expect(tuning).to.deep.equal([
      ["RL+H", 100, 0.01],
      ["RL+H", 100, 0.1],
      ["CoSo", 100, 0.01],
      ["CoSo", 100, 0.1],
    ]);
    const reported = reportedTrials(comparison, { "RL+H": 0.1, CoSo: 0.01 });
    expect(reported.map(({ method, seed, value }) => [method, seed, value])).to.deep.equal([
      ["RL", 0, null],
      ["RL", 1, null],
      ["RL+H", 0, 0.1],
      ["RL+H", 1, 0.1],
      ["CoSo", 0, 0.01],
      ["CoSo", 1, 0.01],
    ]);
    expect(reported.map(({ experiment }) => [experiment.entropy.kind, experiment.seed])).to.deep.equal([
      ["none", 0],
      ["none", 1],
      ["uniform", 0],
      ["uniform", 1],
      ["causal", 0],
      ["causal", 1],
    ]);
    expect(reported[5]?.experiment.entropy).to.include({ coefficient: 0.01 });
  });

  it("refuses to report a seed that chose", () => {
    expect(() => small({ seeds: [100] })).to.throw(ConfigError, "the tuning's seeds");
  });

  it("needs no tuning where every method runs as it stands", () => {
    const methods = { RL: { experiment: { entropy: { kind: "none" as const } }, tuned: false } };
    const { tuning: _, ...rest } = small();
    const comparison = defineComparison({ ...rest, methods });
    expect(tuningTrials(comparison)).to.deep.equal([]);
    expect(reportedTrials(comparison, {}).map(({ method, value }) => [method, value])).to.deep.equal([
      ["RL", null],
      ["RL", null],
    ]);
    expect(() => defineComparison(rest)).to.throw(ConfigError, "tuning: expected a setting, values and seeds");
  });

  it("names what is wrong in a method's experiment before anything runs", () => {
    const methods = { CoSo: { experiment: { entropy: { kind: "causal" as const, coefficient: -1 } }, tuned: false } };
    expect(() => small({ methods })).to.throw(ConfigError, "entropy.coefficient");
  });
});

describe("compareMethods", function () {
  this.timeout(60_000);
  const path = temporaryFolder();
  /** Workers whose updates help or harm as the run's method and value should, so that the better one can be told. */
  const workers = (started: string[]): StartWorker => {
    return async (settings) => {
      started.push(settings.logFile);
      const isWeak = settings.logFile.includes("RL-seed") || settings.logFile.includes("0.1");
      const skill = { initial: 0.1, afterSft: 0.5, gain: isWeak ? -0.25 : 0.25 };
      return starting(numberLineWorker({ skill }))(settings);
    };
  };

  it("chooses by the tuning seeds, reports the fresh ones, and does the offline stage once a seed", async () => {
    const started: string[] = [];
    const options = { directory: path("all"), jobs: 2, startWorker: workers(started) };
    const result = await compareMethods(small(), options);
    expect(result.failed).to.deep.equal([]);
    expect(result.chosen).to.deep.equal({ "RL+H": 0.01, CoSo: 0.01 });
    expect(
      Object.fromEntries(Object.entries(result.rates).map(([method, each]) => [method, each.length])),
    ).to.deep.equal({ RL: 2, "RL+H": 2, CoSo: 2 });
    const [weak, strong] = [result.rates.RL ?? [], result.rates.CoSo ?? []];
    expect(Math.max(...weak)).to.be.lessThan(Math.min(...strong));
    expect(started).to.have.length(10);
    const written = JSON.parse(readFileSync(path("all", "comparison.json"), "utf8"));
    expect(written.rates).to.deep.equal(result.rates);
    expect(existsSync(result.report?.page ?? "")).to.equal(true);
    const adopted = JSON.parse(readFileSync(path("all", "reported", "RL-seed0", "summary.json"), "utf8"));
    expect(adopted.seconds.sft).to.equal(0);

    const again = await compareMethods(small(), options);
    expect(started).to.have.length(10);
    expect(again.rates).to.deep.equal(result.rates);
  });

  it("goes on when a trial fails, names it, and tries it again the next time", async () => {
    const started: string[] = [];
    const healthy = workers(started);
    let isBroken = true;
    const startWorker: StartWorker = async (settings) => {
      if (isBroken && settings.logFile.includes("RL-seed1")) throw new Error("out of luck");
      return healthy(settings);
    };
    const options = { directory: path("broken"), jobs: 1, startWorker };
    const first = await compareMethods(small(), options);
    expect(first.failed).to.deep.equal([{ trial: "reported/RL-seed1", reason: "out of luck" }]);
    expect(first.rates.RL).to.have.length(1);
    isBroken = false;
    const second = await compareMethods(small(), options);
    expect(second.failed).to.deep.equal([]);
    expect(second.rates.RL).to.have.length(2);
  });
});
