import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect } from "chai";
import { GuardError, RunFolderError, WorkerError } from "../ts/errors.ts";
import type { Params } from "../ts/protocol/messages.ts";
import { type Summary, train } from "../ts/train.ts";
import type { FakeWorkerOptions, RecordedCall } from "./fake-worker.ts";
import { numberLineWorker, starting } from "./numberline-worker.ts";
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

  it("counts as many episodes as the lines of episodes.jsonl, each with its steps and images", async () => {
    await run("episodes");
    const episodes = readLines(path("episodes", "episodes.jsonl"));
    const counted = readLines(path("episodes", "metrics.jsonl")).map(({ metrics }) => metrics["rollout/episodes"]);
    expect(episodes).to.have.length(counted.reduce((sum, each) => sum + each, 0));
    for (const { steps, length, return: total } of episodes) {
      expect(steps).to.have.length(length);
      expect(steps.reduce((sum: number, step: { reward: number }) => sum + step.reward, 0)).to.equal(total);
      for (const { image } of steps) expect(existsSync(path("episodes", image))).to.equal(true);
    }
  });

  it("follows Algorithm 1: roll out, weigh with the present φ, update φ, update θ", async () => {
    const { worker } = await run("order");
    const online = worker.calls.slice(worker.calls.findIndex(({ method }) => method === "keepReference") + 1);
    const first = online.slice(
      0,
      online.findIndex(({ method }) => method === "save"),
    );
    const phases = first.map(({ method }) => method).filter((method, index, all) => method !== all[index - 1]);
    expect(phases).to.deep.equal(["act", "weigh", "fitScm", "updatePolicy", "forgetSteps"]);
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

  it("refuses a policy that does not see", async () => {
    const error = await failure(run("blind", smallExperiment(), { isBlind: true }));
    expect(error).to.be.instanceOf(GuardError).with.property("message").that.contains("blind");
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

  describe("resumed", () => {
    /** Runs until the worker dies in its `nth` call of `method`; `interrupted` then goes on until the end. */
    const killed = async (name: string, method: string, nth: number, experiment = smallExperiment()) => {
      const error = await failure(
        run(name, experiment, {
          beforeCall: (called, calls) => {
            const before = calls.filter((call) => call.method === called).length;
            if (called === method && before === nth - 1) throw new WorkerError("exit", "killed");
          },
        }),
      );
      expect(error).to.be.instanceOf(WorkerError);
    };
    const interrupted = async (name: string, method: string, nth: number, experiment = smallExperiment()) => {
      await killed(name, method, nth, experiment);
      const worker = numberLineWorker();
      const summary = await train(experiment, { directory: path(name), startWorker: starting(worker), resume: true });
      return { worker, summary };
    };

    for (const [method, nth, what] of [
      ["updatePolicy", 1, "before the first checkpoint of an iteration"],
      ["updatePolicy", 4, "in the middle of an iteration"],
      ["weigh", 3, "between rollout and updates"],
      ["stats", 1, "after the last iteration"],
      ["fitSft", 1, "in the offline stage"],
    ] as const) {
      it(`equals the uninterrupted run when it died ${what}`, async () => {
        const whole = await run(`whole-${method}-${nth}`);
        const { summary } = await interrupted(`cut-${method}-${nth}`, method, nth);
        for (const file of ["episodes.jsonl", "explanations.json"]) {
          expect(readFileSync(path(`cut-${method}-${nth}`, file), "utf8")).to.equal(
            readFileSync(path(`whole-${method}-${nth}`, file), "utf8"),
          );
        }
        expect(metricsOf(path(`cut-${method}-${nth}`))).to.deep.equal(metricsOf(path(`whole-${method}-${nth}`)));
        expect(timeless(summary)).to.deep.equal(timeless(whole.summary));
      });
    }

    it("equals the uninterrupted run when checkpoints are rare", async () => {
      const experiment = smallExperiment({ checkpoint: { every: 3 } });
      await run("rare-whole", experiment);
      await interrupted("rare-cut", "updatePolicy", 5, experiment);
      expect(metricsOf(path("rare-cut"))).to.deep.equal(metricsOf(path("rare-whole")));
    });

    it("does not repeat the offline stage", async () => {
      const { worker } = await interrupted("no-repeat", "updatePolicy", 1);
      expect(worker.paramsOf("fitSft")).to.deep.equal([]);
    });

    it("keeps the newest checkpoints and the best policy that they refer to", async () => {
      await run("kept");
      expect(readdirSync(path("kept", "checkpoints")).sort()).to.satisfy(
        (names: string[]) =>
          names.filter((name) => name.startsWith("iteration-")).join() === "iteration-0004,iteration-0005" &&
          names.filter((name) => name.startsWith("best-")).length <= 2 &&
          names.includes("final") &&
          names.includes("offline"),
      );
    });

    it("names the fields of a configuration that has changed", async () => {
      await killed("changed", "updatePolicy", 2, smallExperiment({ iterations: 3 }));
      const error = await failure(
        train(smallExperiment({ iterations: 4 }), {
          directory: path("changed"),
          startWorker: starting(numberLineWorker()),
          resume: true,
        }),
      );
      expect(error).to.be.instanceOf(RunFolderError).with.property("message").that.contains("iterations: 3 → 4");
    });

    it("returns the summary of a run that has finished, without a worker", async () => {
      const { summary } = await run("finished");
      const again = await train(smallExperiment(), {
        directory: path("finished"),
        startWorker: () => Promise.reject(new Error("no worker is needed")),
        resume: true,
      });
      expect(again).to.deep.equal(JSON.parse(JSON.stringify(summary)));
    });

    it("goes on after a stop that was asked for, at the end of the iteration", async () => {
      const stop = new AbortController();
      const worker = numberLineWorker({
        beforeCall: (method, calls) => {
          const updates = calls.filter((call) => call.method === "updatePolicy").length;
          if (method === "weigh" && updates === 1) stop.abort(new Error("asked to stop"));
        },
      });
      const directory = path("stopped");
      const options = { directory, startWorker: starting(worker), signal: stop.signal };
      expect(await failure(train(smallExperiment(), options))).to.have.property("message", "asked to stop");
      expect(metricsOf(directory)).to.have.length(2);
      await train(smallExperiment(), { directory, startWorker: starting(numberLineWorker()), resume: true });
      await run("not-stopped");
      expect(metricsOf(directory)).to.deep.equal(metricsOf(path("not-stopped")));
    });
  });

  describe("from another run's offline stage", () => {
    it("equals a run that did it itself, also without an SCM of its own", async () => {
      await run("origin");
      const rl = smallExperiment({ entropy: { kind: "none" } });
      const { summary: own } = await run("own-offline", rl);
      const worker = numberLineWorker();
      const adopted = await train(rl, {
        directory: path("adopted"),
        startWorker: starting(worker),
        offlineFrom: path("origin"),
      });
      expect(worker.paramsOf("fitSft")).to.deep.equal([]);
      expect(metricsOf(path("adopted"))).to.deep.equal(metricsOf(path("own-offline")));
      expect(timeless(adopted)).to.deep.equal(timeless(own));
    });

    it("is refused where the offline stages differ", async () => {
      await run("elsewhere");
      const experiment = smallExperiment({ seed: 5 });
      const error = await failure(
        train(experiment, {
          directory: path("refused"),
          startWorker: starting(numberLineWorker()),
          offlineFrom: path("elsewhere"),
        }),
      );
      expect(error).to.be.instanceOf(RunFolderError).with.property("message").that.contains("seed: 3 → 5");
    });
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

async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => {
      throw new Error("expected a failure");
    },
    (error: unknown) => error,
  );
}

function readJson(file: string) {
  return JSON.parse(readFileSync(file, "utf8"));
}

function readLines(file: string) {
  return readFileSync(file, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}

/** The lines of metrics.jsonl but for times. */
function metricsOf(directory: string): unknown[] {
  return readLines(`${directory}/metrics.jsonl`).map(({ seconds: _seconds, ...rest }) => rest);
}

function timeless({ seconds: _seconds, peakMemoryBytes: _bytes, ...rest }: Summary): unknown {
  return JSON.parse(JSON.stringify(rest));
}
