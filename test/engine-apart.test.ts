import { readFileSync } from "node:fs";
import { expect } from "chai";
import { execa } from "execa";
import { defineExperiment, type Experiment, type ExperimentInput } from "../ts/config.ts";
import { WorkerError } from "../ts/errors.ts";
import type { Method, Params } from "../ts/protocol/messages.ts";
import { type StartWorker, type Summary, train } from "../ts/train.ts";
import { startOrConnect } from "../ts/worker/start.ts";
import type { Worker } from "../ts/worker/worker.ts";
import { failure, metricsOf, readLines } from "./run-files.ts";
import { temporaryFolder } from "./temporary-folder.ts";

type Started = Awaited<ReturnType<typeof startOrConnect>>;

/** With the real worker: a copy of the policy in a second process says the utterances. */
describe("a training whose engine is a process of its own", function () {
  this.timeout(300_000);
  const path = temporaryFolder();
  const apart = experiment("apart", {
    worker: { engine: { kind: "transformers", ownProcess: true } },
    mismatch: { oldLogProbs: "recomputed" },
  });
  let undisturbed: Summary;
  before(async () => {
    undisturbed = await train(apart, { directory: path("apart") });
  });

  it("is the training of the default engine, but for the rounding of other batches", async () => {
    const here = experiment("here", { mismatch: { oldLogProbs: "recomputed" } });
    const { stages } = await train(here, { directory: path("here") });
    expect(undisturbed.stages.slice(0, 2)).to.deep.equal(stages.slice(0, 2));
    const [ours, theirs] = [readLines(path("here", "metrics.jsonl")), readLines(path("apart", "metrics.jsonl"))];
    for (const [k, { metrics }] of ours.entries()) {
      for (const [name, value] of Object.entries<number>(metrics)) {
        // Of numbers near the resolution of float32 nothing but their size is the same.
        if (name.startsWith("mismatch/")) expect(theirs[k].metrics[name]).to.be.lessThan(1e-4);
        else expect(theirs[k].metrics[name], name).to.be.closeTo(value, 1e-3 * Math.max(1, Math.abs(value)));
      }
    }
    expect(readFileSync(path("apart", "worker.log"), "utf8")).to.match(/the engine PyTorch .* on cpu/);
  });

  it("goes on as if nothing had happened when the engine is killed in the middle of a rollout", async () => {
    let isKilled = false;
    const summary = await train(apart, {
      directory: path("bereft"),
      startWorker: intercepting(async (method, params, running) => {
        // The second batch of a rollout, while the first is being said.
        if (isKilled || method !== "act" || (params as Params<"act">).policy !== "held") return;
        isKilled = true;
        const { stdout } = await execa("pgrep", ["-P", String(running.pid), "-f", "coso_engine"]);
        process.kill(Number(stdout.trim()), "SIGKILL");
      }),
    });
    expect(readFileSync(path("bereft", "worker.log"), "utf8").match(/the engine ended by signal 9/g)).to.have.length(1);
    expect(metricsOf(path("bereft"))).to.deep.equal(metricsOf(path("apart")));
    expect(summary.stages).to.deep.equal(undisturbed.stages);
  });

  it("may play ahead of learning, the same twice, and goes on from a checkpoint as if nothing had happened", async () => {
    const stale = experiment("stale", {
      worker: { engine: { kind: "transformers", ownProcess: true } },
      rollout: { environments: 4, stepsPerEnvironment: 2, staleness: 1 },
      algorithm: { epochs: 2, batchSize: 8, microBatch: 4, learningRate: 2e-4, maxGradNorm: 1 },
      checkpoint: { every: 2 },
      iterations: 4,
    });
    const whole = await train(stale, { directory: path("whole") });
    const lines = readLines(path("whole", "metrics.jsonl"));
    expect(lines.map(({ metrics }) => metrics["rollout/staleness"])).to.deep.equal([0, 1, 0, 1]);
    // What was drawn by the policy before is further from the present one than rounding is.
    const gaps = lines.map(({ metrics }) => metrics["mismatch/mean"]);
    expect(Math.min(gaps[1], gaps[3])).to.be.greaterThan(100 * Math.max(gaps[0], gaps[2]));
    let updates = 0;
    const killed = await failure(
      train(stale, {
        directory: path("cut"),
        startWorker: intercepting(async (method, _params, { pid }) => {
          // The worker and its engine are lost in the middle of an update, with a rollout under way.
          if (method === "updatePolicy" && ++updates === 3) setTimeout(() => process.kill(pid, "SIGKILL"), 1);
        }),
      }),
    );
    expect(killed).to.be.instanceOf(WorkerError).with.property("code", "exit");
    const resumed = await train(stale, { directory: path("cut"), resume: true });
    expect(metricsOf(path("cut"))).to.deep.equal(metricsOf(path("whole")));
    expect(resumed.stages).to.deep.equal(whole.stages);
  });
});

/** A real worker that `before` is told of each call to. */
function intercepting(before: (method: Method, params: unknown, running: Started) => Promise<void>): StartWorker {
  return async (settings) => {
    const running = await startOrConnect(settings);
    const call: Worker["call"] = async (method, params, options) => {
      await before(method, params, running);
      return running.client.call(method, params, options);
    };
    return { ...running, client: { call } };
  };
}

function experiment(name: string, parts: Partial<ExperimentInput>): Experiment {
  return defineExperiment({
    name,
    environment: { id: "numberline", settings: { prompt: "brief" } },
    policy: { kind: "embedded", hiddenSize: 32, layers: 1, heads: 2, visionHiddenSize: 32, visionLayers: 1 },
    sampling: { temperature: 0.7, maxNewTokens: 16 },
    sft: { demonstrations: { count: 40 }, steps: 10, batchSize: 8, microBatch: 8, learningRate: 1e-2 },
    scm: { encoder: { kind: "fresh", hiddenSize: 16, layers: 1, heads: 2, feedForwardSize: 32, maxPositions: 64 } },
    entropy: { kind: "causal", coefficient: 0.05 },
    algorithm: { epochs: 2, batchSize: 8, microBatch: 4, learningRate: 1e-3, maxGradNorm: 1 },
    rollout: { environments: 4, groups: 2, stepsPerEnvironment: 2 },
    iterations: 2,
    evaluation: { episodes: 8, environments: 8 },
    checkpoint: { every: 2 },
    ...parts,
  });
}
