import { existsSync, readdirSync } from "node:fs";
import { expect } from "chai";
import { GuardError, RunFolderError } from "../ts/errors.ts";
import type { Params } from "../ts/protocol/messages.ts";
import { train } from "../ts/train.ts";
import type { FakeWorkerOptions, RecordedCall } from "./fake-worker.ts";
import { numberLineWorker, starting } from "./numberline-worker.ts";
import { failure, metricsOf, readJson, readLines } from "./run-files.ts";
import { smallExperiment } from "./small-experiment.ts";
import { temporaryFolder } from "./temporary-folder.ts";

describe("train", () => {
  const path = temporaryFolder();
  const run = async (name: string, experiment = smallExperiment(), options: Partial<FakeWorkerOptions> = {}) => {
    const worker = numberLineWorker(options);
    const summary = await train(experiment, { directory: path(name), startWorker: starting(worker) });
    return { worker, summary };
  };

  it("leaves a complete run folder behind", async () => {
    const { summary } = await run("complete");
    expect(readdirSync(path("complete")).sort()).to.deep.equal([
      "checkpoints",
      "config.json",
      "episodes.jsonl",
      "explanations.json",
      "images",
      "metrics.jsonl",
      "summary.json",
      "tokens.jsonl",
    ]);
    expect(readJson(path("complete", "summary.json"))).to.deep.equal(JSON.parse(JSON.stringify(summary)));
    expect(summary.stages.map(({ stage }) => stage)).to.deep.equal(["before SFT", "after SFT", "after CoSo"]);
    expect(summary.parameters.policy).to.be.above(0);
    expect(summary.peakMemoryByMethod).to.deep.equal({ updatePolicy: 1 });
    const lines = readLines(path("complete", "metrics.jsonl"));
    expect(lines.map(({ iteration, envSteps }) => [iteration, envSteps])).to.deep.equal([
      [1, 12],
      [2, 24],
      [3, 36],
      [4, 48],
      [5, 60],
    ]);
    expect(lines.map(({ metrics }) => "evaluation/success" in metrics)).to.deep.equal([
      false,
      true,
      false,
      true,
      false,
    ]);
    expect(summary.causalWeights?.tokens).to.be.greaterThan(60);
    expect(readJson(path("complete", "config.json"))).to.nested.include({ "versions.python": "3.11" });
  });

  it("plays reported evaluations with settings of their own, and selects with those of training", async () => {
    const settings = { prompt: { text: "Reported." } };
    const experiment = smallExperiment({
      evaluation: { episodes: 10, settings, selection: { every: 2, episodes: 6 } },
    });
    const { worker } = await run("evaluation-settings", experiment);
    const phases = worker.calls.flatMap(({ method, params }) =>
      method === "act"
        ? [(params as Params<"act">).observations.prompts[0] === "Reported." ? "reported" : "training"]
        : [method],
    );
    expect(phases).to.include("reported");
    // Between the first update and the last evaluation nothing that is reported is played.
    const online = phases.slice(phases.indexOf("updatePolicy"), phases.lastIndexOf("updatePolicy"));
    expect(online).to.include("training").and.not.include("reported");
  });

  it("counts as many episodes as the lines of episodes.jsonl, each with its steps and images", async () => {
    await run("episodes");
    const episodes = readLines(path("episodes", "episodes.jsonl"));
    const counted = readLines(path("episodes", "metrics.jsonl")).map(({ metrics }) => metrics["rollout/episodes"]);
    expect(episodes).to.have.length(counted.reduce((sum, each) => sum + each, 0));
    for (const { steps, length, return: total } of episodes) {
      expect(steps).to.have.length(length);
      expect(steps.reduce((sum: number, step: { reward: number }) => sum + step.reward, 0)).to.equal(total);
      for (const { image } of steps) expect(existsSync(path("episodes", image))).to.equal(true);
      // NumberLine asks the same in every step.
      const [first, ...others] = steps;
      expect(first.prompt).to.include("number line");
      for (const { prompt } of others) expect(prompt).to.equal(null);
    }
  });

  it("follows Algorithm 1: roll out, weigh with the present φ, update φ, write tokens down, update θ", async () => {
    const { worker } = await run("order");
    const online = worker.calls.slice(worker.calls.findIndex(({ method }) => method === "keepReference") + 1);
    const first = online.slice(
      0,
      online.findIndex(({ method }) => method === "save"),
    );
    const phases = first.map(({ method }) => method).filter((method, index, all) => method !== all[index - 1]);
    expect(phases).to.deep.equal(["act", "values", "weigh", "fitScm", "score", "updatePolicy", "forgetSteps"]);
    const [update] = worker.paramsOf("updatePolicy");
    expect(update?.stepIds).to.have.length(12);
    expect(update?.entropy).to.deep.equal({
      weights: { kind: "causal", floor: 0 },
      coefficient: 0.05,
      reduction: "sum",
    });
    const coefficients = worker.paramsOf("updatePolicy").map((params) => coefficientOf(params.entropy).toFixed(6));
    expect(coefficients).to.deep.equal(["0.050000", "0.040000", "0.030000", "0.020000", "0.010000"]);
  });

  it("reminds φ of broken utterances, labelled by f^parse, where the experiment asks for it", async () => {
    const scm = { pretraining: null, online: { steps: 3, corruptedSteps: 2 } };
    const { worker } = await run("reminded", smallExperiment({ scm }));
    const fits = worker.paramsOf("fitScm");
    expect(fits.map(({ examples, steps }) => [examples.kind, steps]).slice(0, 4)).to.deep.equal([
      ["texts", 2],
      ["steps", 3],
      ["texts", 2],
      ["steps", 3],
    ]);
    const texts = fits.flatMap(({ examples }) => (examples.kind === "texts" ? examples.texts : []));
    expect(texts).to.have.length(5 * 12);
    expect(texts.filter((text) => !text.endsWith('"}')).length).to.be.greaterThan(2);
    expect(texts.some((text) => text.includes("<unk>"))).to.equal(true);
  });

  it("does no SCM work at all without causal entropy", async () => {
    for (const kind of ["none", "uniform"] as const) {
      const entropy = kind === "none" ? { kind } : { kind, coefficient: 0.1 };
      const { worker, summary } = await run(`without-${kind}`, smallExperiment({ entropy }));
      const methods = new Set(worker.calls.map(({ method }) => method));
      expect(methods.has("weigh") || methods.has("fitScm")).to.equal(false);
      expect(worker.paramsOf("build")[0]?.scm).to.equal(null);
      expect(summary.causalWeights).to.equal(null);
      expect(summary.stages.at(-1)?.stage).to.equal(kind === "none" ? "after RL" : "after RL+H");
    }
  });

  it("gives the same metrics for the same seed, and others for another", async () => {
    await run("same-1");
    await run("same-2");
    await run("other", smallExperiment({ seed: 4 }));
    expect(metricsOf(path("same-1"))).to.deep.equal(metricsOf(path("same-2")));
    expect(metricsOf(path("same-1"))).to.not.deep.equal(metricsOf(path("other")));
  });

  it("plays other episodes for selection than for what it reports", async () => {
    const { worker } = await run("selection");
    const seedsBetween = phasesOfActing(worker.calls);
    const reported = new Set([...seedsBetween.before, ...seedsBetween.final]);
    expect(seedsBetween.selection.length).to.be.greaterThan(0);
    expect(seedsBetween.selection.filter((seed) => reported.has(seed))).to.deep.equal([]);
  });

  it("reports the last policy where evaluations only watch", async () => {
    const selection = { every: 2, episodes: 6, keep: "last" } as const;
    const { worker, summary } = await run("watched", smallExperiment({ evaluation: { episodes: 10, selection } }));
    expect(summary.chosenIteration).to.equal(5);
    expect(worker.paramsOf("load")).to.have.length(0);
    const lines = readLines(path("watched", "metrics.jsonl"));
    expect(lines.filter(({ metrics }) => "evaluation/success" in metrics)).to.have.length(2);
  });

  it("reports the policy that selection preferred", async () => {
    // Each update makes this policy worse, so the first evaluated one is the best.
    const skill = { initial: 0.1, afterSft: 1, gain: -0.2 };
    const { summary, worker } = await run("chosen", smallExperiment(), { skill, invalidRate: 0 });
    expect(summary.chosenIteration).to.equal(2);
    expect(worker.paramsOf("load").map(({ directory }) => directory)).to.deep.equal([
      path("chosen", "checkpoints", "best-0002", "worker"),
    ]);
  });

  it("stops at the first evaluations in a row that hold the goal", async () => {
    const stopAt = { success: 0.99, validJson: 0.99, consecutive: 2 };
    const evaluation = { episodes: 10, selection: { every: 1, episodes: 6, stopAt } };
    const skill = { initial: 0.1, afterSft: 1, gain: 0 };
    const { summary } = await run("goal", smallExperiment({ evaluation }), { skill, invalidRate: 0 });
    expect(summary).to.include({ chosenIteration: 2, envSteps: 24, successRate: 1 });
  });

  it("reports the policy as it came, or as SFT left it, where there are no iterations", async () => {
    const bare = { policy: { kind: "checkpoint", path: "somewhere" }, sft: null } as const;
    const zeroShot = await run("zero-shot", smallExperiment({ ...bare, iterations: 0 }));
    expect(zeroShot.summary.stages.map(({ stage }) => stage)).to.deep.equal(["zero-shot"]);
    expect(zeroShot.worker.calls.map(({ method }) => method)).not.to.include.members(["fitSft", "updatePolicy"]);
    const tuned = await run("tuned", smallExperiment({ iterations: 0 }));
    expect(tuned.summary.stages.map(({ stage }) => stage)).to.deep.equal(["before SFT", "after SFT"]);
    expect(tuned.summary).to.include({ envSteps: 0, chosenIteration: 0, episodes: 10 });
    expect(tuned.summary.successRate).to.equal(tuned.summary.stages[1]?.sampled.rate);
  });

  it("refuses a policy that does not see", async () => {
    const error = await failure(run("blind", smallExperiment(), { isBlind: true }));
    expect(error).to.be.instanceOf(GuardError).with.property("message").that.contains("blind");
  });

  it("refuses a policy whose log-probs depend on what else is in a batch, unless the guard is off", async () => {
    const error = await failure(run("padded", smallExperiment(), { paddingGap: 0.1 }));
    expect(error).to.be.instanceOf(GuardError).with.property("message").that.contains("depend on its batch");
    await run("padded-unguarded", smallExperiment({ guards: { maxLogProbGap: null } }), { paddingGap: 0.1 });
  });

  it("refuses log-probs that training does not reproduce, unless the guard is off", async () => {
    const error = await failure(run("gap", smallExperiment(), { logProbGap: 0.1 }));
    expect(error).to.be.instanceOf(GuardError).with.property("message").that.contains("maxLogProbGap 0.001");
    const { summary } = await run("gap-unguarded", smallExperiment({ guards: { maxLogProbGap: null } }), {
      logProbGap: 0.1,
    });
    expect(summary.episodes).to.equal(10);
  });

  it("refuses a folder that holds a run, and a folder of something else", async () => {
    await run("taken");
    expect(await failure(run("taken")))
      .to.be.instanceOf(RunFolderError)
      .with.property("message")
      .that.contains("--resume");
    expect(await failure(run(".")))
      .to.be.instanceOf(RunFolderError)
      .with.property("message")
      .that.contains("no run");
  });
});

function coefficientOf(entropy: Params<"updatePolicy">["entropy"]): number {
  return entropy?.coefficient ?? 0;
}

/** Seeds of acting without keeping steps, before the loop, within it, and after it. */
function phasesOfActing(calls: readonly RecordedCall[]): Record<"before" | "selection" | "final", number[]> {
  const start = calls.findIndex(({ method }) => method === "keepReference");
  const end = calls.findLastIndex(({ method }) => method === "updatePolicy");
  // After the last update comes the last iteration's checkpoint, and then only what is reported.
  const saved = calls.findIndex(({ method }, index) => index > end && method === "save");
  const seedsOf = (part: readonly RecordedCall[]) =>
    part
      .filter(({ method }) => method === "act")
      .map(({ params }) => params as Params<"act">)
      .filter(({ stepIds, maxNewTokens }) => stepIds === null && maxNewTokens > 1)
      .map(({ seed }) => seed);
  return {
    before: seedsOf(calls.slice(0, start)),
    selection: seedsOf(calls.slice(start, saved)),
    final: seedsOf(calls.slice(saved)),
  };
}
