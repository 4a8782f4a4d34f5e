import { readdirSync } from "node:fs";
import { expect } from "chai";
import type { ExperimentInput } from "../../ts/config.ts";
import { WorkerError } from "../../ts/errors.ts";
import type { Params } from "../../ts/protocol/messages.ts";
import { train } from "../../ts/train.ts";
import type { FakeWorker, FakeWorkerOptions } from "../fake-worker.ts";
import { numberLineWorker, starting } from "../numberline-worker.ts";
import { failure, metricsOf, readLines, timeless } from "../run-files.ts";
import { smallExperiment } from "../small-experiment.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const STEPS = 12;

/** Rollouts run ahead of learning, but never over a checkpoint. */
function ahead(changes: Partial<ExperimentInput> = {}) {
  return smallExperiment({
    worker: { engine: { kind: "transformers", ownProcess: true } },
    rollout: { environments: 4, stepsPerEnvironment: 3, staleness: 1 },
    checkpoint: { every: 3 },
    evaluation: { episodes: 10 },
    ...changes,
  });
}

describe("rollouts that run ahead of learning", () => {
  const path = temporaryFolder();
  const run = async (name: string, experiment = ahead(), options: Partial<FakeWorkerOptions> = {}) => {
    const worker = numberLineWorker(options);
    const summary = await train(experiment, { directory: path(name), startWorker: starting(worker) });
    return { worker, summary };
  };
  const staleness = (name: string): unknown[] =>
    readLines(path(name, "metrics.jsonl")).map(({ metrics }) => metrics["rollout/staleness"]);

  it("begin before the update, by the policy before it, but for those after a checkpoint", async () => {
    const { worker } = await run("order");
    expect(staleness("order")).to.deep.equal([0, 1, 1, 0, 1]);
    // Of each collection the first utterances are the present policy's; evaluations keep nothing.
    const order = worker.calls.flatMap(({ method, params }) => {
      if (method === "updatePolicy") return ["update"];
      return method === "act" && isKept(params) && isPresent(params) ? ["rollout"] : [];
    });
    // The guards before training ask the present policy too, and so do explanations at the end.
    const online = order.slice(order.indexOf("rollout") + 1, order.lastIndexOf("update") + 1);
    expect(online).to.deep.equal([
      ...["rollout", "rollout", "update", "rollout", "update", "update"],
      ...["rollout", "rollout", "update", "update"],
    ]);
  });

  it("are read by the policy that is about to learn from them, and forgotten alone", async () => {
    const { worker } = await run("read");
    const updates = worker.paramsOf("updatePolicy").map(({ stepIds }) => stepIds);
    expect(updates.flat()).to.have.length(5 * STEPS);
    expect(new Set(updates.flat())).to.have.property("size", 5 * STEPS);
    expect(worker.paramsOf("readAgain").map(({ stepIds }) => stepIds)).to.deep.equal(updates);
    const forgotten = worker.paramsOf("forgetSteps").map(({ stepIds }) => stepIds);
    for (const stepIds of updates) expect(forgotten).to.deep.include(stepIds);
    expect(worker.paramsOf("build")[0]?.oldLogProbs).to.equal("at-update");
    const phases = worker.calls
      .filter(({ method }) => ["readAgain", "weigh", "updatePolicy"].includes(method))
      .map(({ method }) => method);
    // Explanations at the end weigh what they show.
    expect(phases.slice(0, 15)).to.deep.equal(
      Array.from({ length: 5 }, () => ["readAgain", "weigh", "updatePolicy"]).flat(),
    );
  });

  it("learn from values of that reading", async () => {
    const { worker } = await run("values");
    const [first] = readLines(path("values", "metrics.jsonl"));
    const [read] = worker.paramsOf("readAgain");
    const mean = (read?.stepIds ?? []).reduce((sum, id) => sum + (id % 100) / 100, 0) / STEPS;
    expect(first.metrics["rollout/value"]).to.be.closeTo(mean, 1e-6);
    for (const { steps } of readLines(path("values", "episodes.jsonl"))) {
      for (const { value } of steps) expect(value).to.equal(null);
    }
  });

  it("never run over an evaluation that selects", async () => {
    await run("selected", ahead({ evaluation: { episodes: 10, selection: { every: 2, episodes: 6 } } }));
    expect(staleness("selected")).to.deep.equal([0, 1, 0, 0, 0]);
  });

  for (const nth of [2, 5]) {
    it(`go on as if nothing had happened where the worker dies in update ${nth}`, async () => {
      const whole = await run(`whole-${nth}`);
      const error = await failure(run(`cut-${nth}`, ahead(), dyingIn(nth)));
      expect(error).to.be.instanceOf(WorkerError);
      const worker = numberLineWorker();
      const summary = await train(ahead(), {
        directory: path(`cut-${nth}`),
        startWorker: starting(worker),
        resume: true,
      });
      expect(metricsOf(path(`cut-${nth}`))).to.deep.equal(metricsOf(path(`whole-${nth}`)));
      expect(timeless(summary)).to.deep.equal(timeless(whole.summary));
    });
  }

  it("are learned from before a run stops that is asked to, so that nothing played is lost", async () => {
    const experiment = ahead({ checkpoint: { every: 9 } });
    const asked = new AbortController();
    const reason = new Error("asked to stop");
    const worker = numberLineWorker({
      beforeCall: (method, calls) => void (isUpdate(2, method, calls) && asked.abort(reason)),
    });
    const directory = path("stopped");
    const error = await failure(train(experiment, { directory, startWorker: starting(worker), signal: asked.signal }));
    expect(error).to.equal(reason);
    // The rollout that was under way belongs to the third iteration; none was begun after it.
    expect(staleness("stopped")).to.deep.equal([0, 1, 1]);
    expect(readdirSync(path("stopped", "checkpoints"))).to.include("iteration-0003");
    expect(new Set(worker.paramsOf("updatePolicy").flatMap(({ stepIds }) => stepIds)).size).to.equal(3 * STEPS);
    await train(experiment, { directory, startWorker: starting(numberLineWorker()), resume: true });
    expect(staleness("stopped")).to.deep.equal([0, 1, 1, 0, 1]);
  });

  it("end with the error of learning, once nothing plays any more", async () => {
    const worker = numberLineWorker(dyingIn(2));
    const error = await failure(train(ahead(), { directory: path("lost"), startWorker: starting(worker) }));
    expect(error).to.be.instanceOf(WorkerError).with.property("message", "killed");
    const { length } = worker.calls;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(worker.calls).to.have.length(length);
  });
});

describe("an engine apart on policy", () => {
  const path = temporaryFolder();
  const run = async (name: string, changes: Partial<ExperimentInput>): Promise<FakeWorker> => {
    const worker = numberLineWorker();
    await train(smallExperiment(changes), { directory: path(name), startWorker: starting(worker) });
    return worker;
  };
  const apart = { engine: { kind: "transformers", ownProcess: true } } as const;
  const rollout = { environments: 4, stepsPerEnvironment: 3, groups: 2 };

  it("weighs each group's steps while the next ones are said, which changes no result", async () => {
    const together = await run("together", { rollout });
    const meanwhile = await run("meanwhile", { rollout, worker: apart });
    expect(metricsOf(path("meanwhile"))).to.deep.equal(metricsOf(path("together")));
    const batches = (worker: FakeWorker) => worker.paramsOf("weigh").map(({ stepIds }) => stepIds.length);
    expect(batches(together).slice(0, 5)).to.deep.equal([12, 12, 12, 12, 12]);
    expect(batches(meanwhile).slice(0, 30)).to.deep.equal(Array.from({ length: 30 }, () => 2));
    const first = meanwhile.calls.findIndex(({ method }) => method === "weigh");
    const laterActs = meanwhile.calls.slice(first).filter(({ method, params }) => method === "act" && isKept(params));
    expect(laterActs.length).to.be.greaterThan(20);
  });

  for (const weights of [{ kind: "hierarchical", audited: 4 }, { kind: "exact" }] as const) {
    it(`weighs at the end where something is drawn for it: ${weights.kind}`, async () => {
      const worker = await run(weights.kind, { rollout, worker: apart, weights });
      expect(worker.paramsOf("weigh")[0]?.stepIds).to.have.length(12);
    });
  }
});

function isKept(params: unknown): boolean {
  return (params as Params<"act">).stepIds !== null;
}

function isPresent(params: unknown): boolean {
  return (params as Params<"act">).policy === "present";
}

function isUpdate(nth: number, method: string, calls: readonly { method: string }[]): boolean {
  return method === "updatePolicy" && calls.filter((call) => call.method === "updatePolicy").length === nth - 1;
}

function dyingIn(nth: number): Partial<FakeWorkerOptions> {
  return {
    beforeCall: (method, calls) => {
      if (isUpdate(nth, method, calls)) throw new WorkerError("exit", "killed");
    },
  };
}
