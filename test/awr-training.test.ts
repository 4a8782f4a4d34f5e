import { expect } from "chai";
import type { ExperimentInput } from "../ts/config.ts";
import { WorkerError } from "../ts/errors.ts";
import { type StartWorker, train } from "../ts/train.ts";
import { startWorker } from "../ts/worker/process.ts";
import { failure, metricsOf, readLines } from "./run-files.ts";
import { smallExperiment } from "./small-experiment.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** The real worker and the real environment: all that is small is the size. */
describe("a training by advantage-weighted regression", function () {
  this.timeout(300_000);
  const path = temporaryFolder();
  const experiment = (entropy: NonNullable<ExperimentInput["entropy"]>) =>
    smallExperiment({
      sft: { demonstrations: { count: 60 }, steps: 20, batchSize: 16, microBatch: 16, learningRate: 5e-3 },
      scm: {
        encoder: { kind: "fresh", hiddenSize: 16, layers: 1, heads: 2, feedForwardSize: 32, maxPositions: 96 },
        pretraining: { utterances: 40, steps: 4 },
        online: { steps: 2 },
      },
      entropy,
      algorithm: {
        kind: "awr",
        episodes: 8,
        // So small that the first episodes have to go.
        capacity: 60,
        critics: { hiddenSize: 16 },
        steps: 2,
        batchSize: 16,
        microBatch: 16,
      },
      iterations: 3,
      evaluation: { episodes: 4 },
    });
  const causal = { kind: "causal", coefficient: 0.05 } as const;

  before("a run that nothing interrupts", () => train(experiment(causal), { directory: path("causal") }));

  it("learns with causal weights of replayed steps, and sees what it said as it said it", () => {
    const metrics = metricsIn("causal");
    for (const each of metrics) {
      expect(each["mismatch/max"]).to.be.lessThan(1e-4);
      expect(each["policy/grad_norm"]).to.be.greaterThan(0);
      expect(each).to.include.all.keys("loss/causal_entropy", "weights/mean", "scm/loss", "critic/held_out_accuracy");
    }
  });

  it("runs without an entropy term and with a uniform one from the same offline stage", async () => {
    for (const [name, entropy] of [
      ["none", { kind: "none" }],
      ["uniform", { kind: "uniform", coefficient: 0.01 }],
    ] as const) {
      const { causalWeights } = await train(experiment(entropy), {
        directory: path(name),
        offlineFrom: path("causal"),
      });
      expect(causalWeights).to.equal(null);
      for (const each of metricsIn(name)) {
        expect("loss/entropy" in each).to.equal(name === "uniform");
        expect(each["policy/grad_norm"]).to.be.greaterThan(0);
      }
    }
  });

  it("goes on exactly where its worker was lost, with what it remembered", async () => {
    const losing = losingAtFit(3);
    const options = { directory: path("cut"), offlineFrom: path("causal") };
    expect(await failure(train(experiment(causal), { ...options, startWorker: losing }))).to.be.instanceOf(WorkerError);
    await train(experiment(causal), { directory: path("cut"), resume: true });
    expect(metricsOf(path("cut"))).to.deep.equal(metricsOf(path("causal")));
  });

  it("learns from environments that play at their own pace, and goes on after its worker was lost", async () => {
    const all = experiment(causal);
    const own = { ...all, rollout: { ...all.rollout, asynchronous: true } };
    const options = { directory: path("own-pace"), offlineFrom: path("causal") };
    expect(await failure(train(own, { ...options, startWorker: losingAtFit(3) }))).to.be.instanceOf(WorkerError);
    await train(own, { directory: path("own-pace"), resume: true });
    const metrics = metricsIn("own-pace");
    expect(metrics).to.have.length(3);
    for (const each of metrics) {
      expect(each["rollout/episodes"]).to.be.at.least(8);
      expect(each["rollout/stale"]).to.be.within(0, 1);
      expect(each["mismatch/max"]).to.be.lessThan(1e-4);
    }
  });

  function metricsIn(name: string): Record<string, number>[] {
    return readLines(path(name, "metrics.jsonl")).map(({ metrics }) => metrics);
  }
});

/** A worker that is gone when critics are to be fitted for the `nth` time. */
function losingAtFit(nth: number): StartWorker {
  let fits = 0;
  return async (settings) => {
    const running = await startWorker(settings);
    const call: typeof running.client.call = (method, params, options) => {
      if (method === "fitCritics" && ++fits === nth) throw new WorkerError("exit", "lost");
      return running.client.call(method, params, options);
    };
    return { ...running, client: { call }, stop: () => running.stop() };
  };
}
