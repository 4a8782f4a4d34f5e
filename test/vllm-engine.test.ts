import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import { defineExperiment, type Experiment, type ExperimentInput } from "../ts/config.ts";
import { WorkerError } from "../ts/errors.ts";
import { evaluateRun } from "../ts/evaluate-run.ts";
import { pythonCommand, pythonEnvironment } from "../ts/processes/python-command.ts";
import { vllmInstallCommand, vllmPython } from "../ts/processes/vllm-python.ts";
import { train } from "../ts/train.ts";
import { RemoteFailure } from "../ts/worker/remote-failure.ts";
import { metricsOf, readLines } from "./run-files.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const EPISODES = 100;

/** A process that speaks vLLM's messages, which is there everywhere. */
describe("a training whose engine is lost", function () {
  this.timeout(240_000);
  const path = temporaryFolder();
  const names = ["COSO_FAKE_LOG", "COSO_FAKE_DEATHS"] as const;
  before(async () => {
    await writeTinyCheckpoint("llama", path("llama"));
    const [python = ""] = pythonCommand();
    const script = `#!/bin/sh\nexec ${python} ${resolve("python/tests/fake_vllm.py")} "$@"\n`;
    writeFileSync(path("python"), script, { mode: 0o755 });
    for (const name of names) process.env[name] = path(name);
    writeFileSync(path("COSO_FAKE_LOG"), "");
  });
  after(() => {
    for (const name of names) delete process.env[name];
  });

  it("goes on where it was lost once, and otherwise ends in an error and resumes", async () => {
    const experiment = tinyExperiment("lost", {
      policy: { kind: "checkpoint", path: path("llama") },
      worker: { engine: { kind: "vllm", python: path("python") } },
      // What the stand-in says has nothing to do with the policy.
      mismatch: { maxMean: null },
    });
    const [whole, cut] = [path("whole"), path("cut")];
    // The first weights that are handed over are SFT's, the second those of the first iteration.
    writeFileSync(path("COSO_FAKE_DEATHS"), "1 update 2");
    const expected = await train(experiment, { directory: whole });
    writeFileSync(path("COSO_FAKE_LOG"), "");
    writeFileSync(path("COSO_FAKE_DEATHS"), "2 update 2");
    const error = await train(experiment, { directory: cut }).then(
      () => expect.fail("it should have been lost"),
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(WorkerError).with.property("message").that.contains("vLLM ended by signal 9");
    expect((error as WorkerError).cause)
      .to.be.instanceOf(RemoteFailure)
      .with.property("remoteCode", "engine");
    expect(readFileSync(`${cut}/metrics.jsonl`, "utf8").trim().split("\n")).to.have.length(1);
    const resumed = await train(experiment, { directory: cut, resume: true });
    expect(resumed.stages).to.deep.equal(expected.stages);
  });
});

describe("vLLM as the engine of a training", function () {
  this.timeout(900_000);
  const path = temporaryFolder();

  before(async function () {
    if (!existsSync(vllmPython())) {
      console.log(`      vLLM is not installed: ${vllmInstallCommand()}`);
      return this.skip();
    }
    await writeTinyCheckpoint("served", path("served"));
  });

  for (const lora of [null, { rank: 2, alpha: 4, dropout: 0 }]) {
    it(`${lora === null ? "whole weights" : "adapters"}: learns by CoSo, is saved, and evaluates again as it was reported`, async () => {
      const experiment = tinyExperiment("served", {
        policy: { kind: "checkpoint", path: path("served"), lora },
        worker: { engine: { kind: "vllm", cacheGigabytes: 0.1 } },
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

  it("plays ahead of learning by one update, with weights that it gets between rollouts", async () => {
    const experiment = tinyExperiment("ahead", {
      policy: { kind: "checkpoint", path: path("served") },
      worker: { engine: { kind: "vllm", cacheGigabytes: 0.1 } },
      algorithm: { epochs: 2, batchSize: 8, microBatch: 4, learningRate: 1e-4 },
      rollout: { environments: 4, stepsPerEnvironment: 2, groups: 2, staleness: 1 },
      checkpoint: { every: 5 },
      iterations: 3,
    });
    await train(experiment, { directory: path("ahead") });
    const lines = readLines(path("ahead", "metrics.jsonl"));
    expect(lines.map(({ metrics }) => metrics["rollout/staleness"])).to.deep.equal([0, 1, 1]);
    const [fresh, ...stale] = lines.map(({ metrics }) => metrics["mismatch/mean"]);
    expect(fresh).to.be.lessThan(1e-4);
    for (const gap of stale) expect(gap).to.be.within(10 * fresh, 0.1);
  });

  it("acts as the default engine does, and the same again in a second run", async () => {
    const settings = (kind: "vllm" | "transformers"): Experiment =>
      tinyExperiment(kind, {
        policy: { kind: "checkpoint", path: path("served") },
        worker: { engine: { kind } },
        sampling: { temperature: 0.7, maxNewTokens: 48 },
        sft: { demonstrations: { count: 200 }, steps: 80, batchSize: 32, microBatch: 32, learningRate: 1e-2 },
        evaluation: { episodes: EPISODES },
      });
    const ours = await train(settings("transformers"), { directory: path("ours") });
    const theirs = await train(settings("vllm"), { directory: path("theirs") });
    const [oursAfterSft, theirsAfterSft] = [ours, theirs].map(({ stages }) => stages[1]);
    expect(theirsAfterSft?.greedy).to.deep.equal(oursAfterSft?.greedy);
    // The same weights, other draws: a difference of more than four standard errors is no chance.
    const rates = [oursAfterSft, theirsAfterSft].map((stage) => stage?.sampled.rate ?? Number.NaN);
    const [one = Number.NaN, other = Number.NaN] = rates;
    expect(Math.abs(one - other)).to.be.below(4 * Math.sqrt(0.5 / EPISODES));
    await train(settings("vllm"), { directory: path("again") });
    expect(metricsOf(path("again"))).to.deep.equal(metricsOf(path("theirs")));
  });
});

async function writeTinyCheckpoint(family: string, directory: string): Promise<void> {
  const [python = ""] = pythonCommand();
  const env = pythonEnvironment(1);
  await execa(python, ["tiny_checkpoints.py", family, directory], { cwd: "python/tests", env });
}

function tinyExperiment(
  name: string,
  parts: Pick<ExperimentInput, "policy" | "worker"> & Partial<ExperimentInput>,
): Experiment {
  return defineExperiment({
    name,
    environment: { id: "numberline/text" },
    sampling: { temperature: 0.7, maxNewTokens: 12 },
    sft: { demonstrations: { count: 12 }, steps: 3, batchSize: 4, microBatch: 2, learningRate: 1e-2 },
    scm: { encoder: { kind: "fresh", hiddenSize: 16, layers: 1, heads: 2, feedForwardSize: 32, maxPositions: 64 } },
    entropy: { kind: "causal", coefficient: 0.05 },
    kl: { coefficient: 0.01 },
    algorithm: { epochs: 2, batchSize: 8, microBatch: 4, learningRate: 1e-2 },
    rollout: { environments: 4, stepsPerEnvironment: 2 },
    iterations: 2,
    evaluation: { episodes: 3 },
    ...parts,
  });
}
