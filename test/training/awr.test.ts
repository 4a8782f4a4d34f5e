import { expect } from "chai";
import type { ExperimentInput } from "../../ts/config.ts";
import { WorkerError } from "../../ts/errors.ts";
import type { Params } from "../../ts/protocol/messages.ts";
import { readFloat32 } from "../../ts/protocol/tensor.ts";
import { train } from "../../ts/train.ts";
import type { FakeWorker, FakeWorkerOptions } from "../fake-worker.ts";
import { numberLineWorker, starting } from "../numberline-worker.ts";
import { failure, metricsOf, readLines } from "../run-files.ts";
import { smallExperiment } from "../small-experiment.ts";
import { temporaryFolder } from "../temporary-folder.ts";

type AwrInput = Extract<ExperimentInput["algorithm"], { kind: "awr" }>;

describe("advantage-weighted regression", () => {
  const path = temporaryFolder();
  const experiment = (algorithm: Partial<AwrInput> = {}, changes: Partial<ExperimentInput> = {}) =>
    smallExperiment({
      algorithm: { kind: "awr", episodes: 8, capacity: 30, ...algorithm },
      evaluation: { episodes: 4 },
      ...changes,
    });
  const run = async (name: string, what = experiment(), options: Partial<FakeWorkerOptions> = {}) => {
    const worker = numberLineWorker(options);
    const summary = await train(what, { directory: path(name), startWorker: starting(worker) });
    return { worker, summary, metrics: readLines(path(name, "metrics.jsonl")).map(({ metrics }) => metrics) };
  };

  it("plays whole episodes, weighs what it may learn from, then trains φ, the critics and θ", async () => {
    const { worker, metrics, summary } = await run("order");
    const online = worker.calls.slice(worker.calls.findIndex(({ method }) => method === "keepReference") + 1);
    const phases = online.map(({ method }) => method).filter((method, index, all) => method !== all[index - 1]);
    expect(phases.slice(0, phases.indexOf("save"))).to.deep.equal([
      ...["act", "observe", "valueInstructions", "weigh", "fitScm", "fitCritics", "valueStates"],
      ...["score", "updatePolicy", "forgetSteps"],
    ]);
    expect(metrics.map((each) => each["rollout/episodes"])).to.deep.equal([8, 8, 8, 8, 8]);
    expect(summary.stages.at(-1)?.stage).to.equal("after CoSo (AWR)");
    expect(summary.parameters).to.include({ valueHead: 0, critics: 5 });
    const [update] = worker.paramsOf("updatePolicy");
    expect(update?.returns).to.equal(null);
    expect(update?.algorithm).to.include({ kind: "awr", steps: 20, batchSize: 128, learningRate: 1e-4 });
    for (const params of worker.paramsOf("updatePolicy"))
      expect(params.stepIds).to.deep.equal(weighedIn(worker, params));
  });

  it("reports nothing of a value head or a ratio, which it has not", async () => {
    const { metrics } = await run("metrics");
    for (const each of metrics) {
      expect(each).to.not.have.any.keys("rollout/value", "value/explained_variance", "policy/clip_fraction");
      expect(each).to.include.all.keys("replay/steps", "filter/cutoff", "filter/unparseable", "advantage/positive");
      expect(each["replay/steps"]).to.be.at.most(30);
    }
  });

  it("keeps steps of past iterations to learn from, and lets the worker forget what had to go", async () => {
    const { worker } = await run("kept", experiment({ capacity: 60 }));
    const fits = worker.paramsOf("fitCritics");
    const states = fits.map(({ episodes }) => episodes.flatMap(({ stateIds }) => stateIds));
    expect(states[1]?.filter((id) => states[0]?.includes(id))).to.not.deep.equal([]);
    const forgotten = worker.paramsOf("forgetSteps").flatMap(({ stepIds }) => stepIds ?? []);
    const last = new Set(states.at(-1));
    expect(states[0]?.filter((id) => !last.has(id)).every((id) => forgotten.includes(id))).to.equal(true);
    expect(forgotten.filter((id) => last.has(id))).to.deep.equal([]);
    // A fifth of eight episodes is held out, rounded as the reference does, and never among the others.
    expect(fits[0]?.heldOut).to.have.length(2);
    for (const { episodes, heldOut } of fits) {
      const measured = new Set(heldOut.flatMap(({ stateIds }) => stateIds));
      expect(episodes.some(({ stateIds }) => stateIds.some((id) => measured.has(id)))).to.equal(false);
      for (const { stateIds, successes } of episodes) expect(stateIds).to.have.length(successes.length + 1);
    }
  });

  it("leaves unparseable utterances out of every term, and shows them to the critics", async () => {
    const { worker, metrics } = await run("invalid", experiment({ filterQuantile: 0 }), { invalidRate: 0.5 });
    const [update] = worker.paramsOf("updatePolicy");
    const [fit] = worker.paramsOf("fitCritics");
    const judged = new Set(fit?.episodes.flatMap(({ stateIds }) => stateIds.slice(0, -1)));
    expect(update?.stepIds.length).to.be.lessThan(judged.size);
    expect(metrics[0]["filter/unparseable"]).to.be.closeTo(1 - (update?.stepIds.length ?? 0) / judged.size, 1e-9);
    expect(update?.actionStarts.every((start) => start !== null)).to.equal(true);
    expect(worker.paramsOf("weigh")[0]?.stepIds).to.deep.equal(update?.stepIds);
  });

  it("measures log-probs on what the present policy has just said", async () => {
    const { worker } = await run("fresh");
    for (const [index, { algorithm }] of worker.paramsOf("updatePolicy").entries()) {
      const fresh = algorithm.kind === "awr" ? algorithm.freshStepIds : [];
      const before = worker.paramsOf("fitCritics")[index - 1]?.episodes.flatMap(({ stateIds }) => stateIds) ?? [];
      expect(fresh.length).to.be.greaterThan(0);
      expect(fresh.filter((id) => before.includes(id))).to.deep.equal([]);
    }
  });

  it("is Filtered BC without critics: returns alone choose, and every step counts", async () => {
    const { worker, summary } = await run("bc", experiment({ critics: null }, { entropy: { kind: "none" } }));
    const methods = new Set(worker.calls.map(({ method }) => method));
    expect(
      ["fitCritics", "valueStates", "valueInstructions"].filter((method) => methods.has(method as "act")),
    ).to.deep.equal([]);
    expect(worker.paramsOf("build")[0]?.critics).to.equal(null);
    for (const { advantages } of worker.paramsOf("updatePolicy")) {
      expect([...readFloat32(advantages)].every((advantage) => advantage === 1)).to.equal(true);
    }
    expect(summary.stages.at(-1)?.stage).to.equal("after RL (filtered BC)");
  });

  it("trains critics alone during their warm-up", async () => {
    const { worker } = await run("warm-up", experiment({ critics: { warmupIterations: 2 } }));
    const updates = worker.paramsOf("updatePolicy");
    expect(updates.map(({ stepIds }) => stepIds.length > 0)).to.deep.equal([false, false, true, true, true]);
    expect(worker.paramsOf("fitCritics")).to.have.length(5);
  });

  it("learns offline from episodes of the policy that SFT left, by their returns, then online", async () => {
    const offline = { episodes: 12, steps: 7, criticSteps: 3, instructionSteps: 2 };
    const settings = { mode: "offline-to-online", offline, capacity: 200 } as const;
    const { worker, metrics, summary } = await run("offline", experiment(settings, { iterations: 3 }));
    expect(metrics.map((each) => each["rollout/episodes"])).to.deep.equal([12, 8, 8]);
    expect(worker.paramsOf("valueInstructions")).to.have.length(2);
    expect(worker.paramsOf("fitCritics").map(({ states }) => states.steps)).to.deep.equal([3, 5, 5]);
    expect(
      worker.paramsOf("updatePolicy").map(({ algorithm }) => "steps" in algorithm && algorithm.steps),
    ).to.deep.equal([7, 20, 20]);
    expect(summary.stages.at(-1)?.stage).to.equal("after CoSo (offline-to-online AWR)");
  });

  for (const [method, nth] of [
    ["fitCritics", 4],
    ["updatePolicy", 3],
    ["weigh", 2],
  ] as const) {
    it(`resumed equals the uninterrupted run when it died in call ${nth} of ${method}`, async () => {
      const whole = await run(`whole-${method}`);
      const dies = run(`cut-${method}`, experiment(), {
        beforeCall: (called, calls) => {
          const before = calls.filter((call) => call.method === called).length;
          if (called === method && before === nth - 1) throw new WorkerError("exit", "killed");
        },
      });
      expect(await failure(dies)).to.be.instanceOf(WorkerError);
      const worker = numberLineWorker();
      const options = { directory: path(`cut-${method}`), startWorker: starting(worker), resume: true };
      const summary = await train(experiment(), options);
      expect(metricsOf(path(`cut-${method}`))).to.deep.equal(metricsOf(path(`whole-${method}`)));
      expect(summary.successRate).to.equal(whole.summary.successRate);
    });
  }
});

/** The ids of the `weigh` that came before the update. */
function weighedIn(worker: FakeWorker, update: Params<"updatePolicy">): readonly number[] {
  const at = worker.calls.findIndex(({ params }) => params === update);
  const weighed = worker.calls.slice(0, at).findLast(({ method }) => method === "weigh");
  return (weighed?.params as Params<"weigh"> | undefined)?.stepIds ?? [];
}
