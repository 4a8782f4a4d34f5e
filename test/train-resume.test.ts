import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import type { ExperimentInput } from "../ts/config.ts";
import { RunFolderError, WorkerError } from "../ts/errors.ts";
import { train } from "../ts/train.ts";
import type { FakeWorkerOptions } from "./fake-worker.ts";
import { numberLineWorker, starting } from "./numberline-worker.ts";
import { failure, metricsOf, readJson, timeless } from "./run-files.ts";
import { smallExperiment } from "./small-experiment.ts";
import { temporaryFolder } from "./temporary-folder.ts";

describe("a training", () => {
  const path = temporaryFolder();
  const run = async (name: string, experiment = smallExperiment(), options: Partial<FakeWorkerOptions> = {}) => {
    const worker = numberLineWorker(options);
    const summary = await train(experiment, { directory: path(name), startWorker: starting(worker) });
    return { worker, summary };
  };

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
        for (const file of ["episodes.jsonl", "tokens.jsonl", "explanations.json"]) {
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

    it("equals the uninterrupted run when its environments play in groups", async () => {
      const experiment = smallExperiment({ rollout: { environments: 4, stepsPerEnvironment: 3, groups: 2 } });
      await run("groups-whole", experiment);
      await interrupted("groups-cut", "updatePolicy", 4, experiment);
      expect(metricsOf(path("groups-cut"))).to.deep.equal(metricsOf(path("groups-whole")));
    });

    it("goes on with the corruptions that the offline stage left off at", async () => {
      const experiment = smallExperiment({
        scm: { pretraining: { utterances: 40, steps: 2 }, online: { corruptedSteps: 2 } },
      });
      const whole = await run("corruptions-whole", experiment);
      const cut = await interrupted("corruptions-cut", "updatePolicy", 1, experiment);
      const taught = ({ worker }: Pick<typeof whole, "worker">) =>
        worker.paramsOf("fitScm").flatMap(({ examples }) => (examples.kind === "texts" ? [examples.texts] : []));
      // The offline stage taught first; iterations begin after it.
      expect(taught(cut)).to.deep.equal(taught(whole).slice(1));
      const adopting = numberLineWorker();
      await train(experiment, {
        directory: path("corruptions-adopting"),
        startWorker: starting(adopting),
        offlineFrom: path("corruptions-whole"),
      });
      expect(taught({ worker: adopting })).to.deep.equal(taught(whole).slice(1));
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

    it("goes on with another worker than it was begun with, and says so in its configuration", async () => {
      const far = smallExperiment({ worker: { connect: "coso-worker-key.json" } });
      await killed("moved", "updatePolicy", 2, far);
      expect(readJson(path("moved", "config.json")).experiment.worker.connect).to.equal("coso-worker-key.json");
      const asked: (string | null)[] = [];
      await train(smallExperiment(), {
        directory: path("moved"),
        startWorker: (settings) => {
          asked.push(settings.connect);
          return starting(numberLineWorker())(settings);
        },
        resume: true,
      });
      expect(asked).to.deep.equal([null]);
      expect(readJson(path("moved", "config.json")).experiment.worker.connect).to.equal(null);
    });

    it("goes on as a run of an earlier version, with what that did not record at its default", async () => {
      await run("young");
      await killed("old", "updatePolicy", 3);
      const config = JSON.parse(readFileSync(path("old", "config.json"), "utf8"));
      const { recording: _r, sinks: _s, guards: _g, ...rest } = config.experiment;
      const { prompt: _p, ...settings } = rest.environment.settings;
      rest.environment = { ...rest.environment, settings };
      writeFileSync(path("old", "config.json"), JSON.stringify({ ...config, experiment: rest }));
      const resumed = (changes: Partial<ExperimentInput>) =>
        train(smallExperiment(changes), {
          directory: path("old"),
          startWorker: starting(numberLineWorker()),
          resume: true,
        });
      const loopFile = path("old", "checkpoints", "iteration-0002", "loop.json");
      const { offsets, ...loop } = JSON.parse(readFileSync(loopFile, "utf8"));
      const { tokens: _t, ...written } = offsets;
      writeFileSync(loopFile, JSON.stringify({ ...loop, offsets: written }));
      rmSync(path("old", "tokens.jsonl"));
      const refusal = await failure(resumed({ recording: { tokens: 3 } }));
      expect(refusal).to.have.property("message").that.contains("recording.tokens: 16 → 3");
      await resumed({});
      expect(metricsOf(path("old"))).to.deep.equal(metricsOf(path("young")));
      expect(JSON.parse(readFileSync(path("old", "config.json"), "utf8")).experiment.recording).to.deep.equal({
        tokens: 16,
      });
    });

    it("goes on in smaller passes, which decide nothing", async () => {
      await killed("passes", "updatePolicy", 2);
      const { sft } = smallExperiment();
      const experiment = smallExperiment({
        sft: sft === null ? null : { ...sft, microBatch: 8 },
        algorithm: { microBatch: 4 },
        weights: { kind: "paper", microBatch: 2 },
      });
      const worker = numberLineWorker();
      await train(experiment, { directory: path("passes"), startWorker: starting(worker), resume: true });
      expect(JSON.stringify(worker.paramsOf("updatePolicy")[0])).to.include('"microBatch":4');
      expect(JSON.parse(readFileSync(path("passes", "config.json"), "utf8")).experiment.algorithm.microBatch).to.equal(
        4,
      );
    });

    it("goes on with another number of processes, which decides nothing either", async () => {
      await killed("processes", "updatePolicy", 2);
      const worker = numberLineWorker();
      const launched: unknown[] = [];
      await train(smallExperiment({ worker: { launcher: "torchrun", processes: 4 } }), {
        directory: path("processes"),
        startWorker: (settings) => {
          launched.push(settings.processes);
          return starting(worker)(settings);
        },
        resume: true,
      });
      expect(launched).to.deep.equal([4]);
      await run("one-process");
      expect(metricsOf(path("processes"))).to.deep.equal(metricsOf(path("one-process")));
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

    it("is taken over from an earlier version, and in other passes", async () => {
      await run("old-origin");
      const file = path("old-origin", "checkpoints", "offline", "loop.json");
      const loop = JSON.parse(readFileSync(file, "utf8"));
      const { settings: _s, ...evaluation } = loop.determinedBy.evaluation;
      writeFileSync(file, JSON.stringify({ ...loop, determinedBy: { ...loop.determinedBy, evaluation } }));
      const { sft } = smallExperiment();
      const worker = numberLineWorker();
      await train(smallExperiment({ sft: sft === null ? null : { ...sft, microBatch: 8 } }), {
        directory: path("from-old"),
        startWorker: starting(worker),
        offlineFrom: path("old-origin"),
      });
      expect(worker.paramsOf("fitSft")).to.deep.equal([]);
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
