import { readFileSync, statSync } from "node:fs";
import { expect } from "chai";
import type { ExperimentInput } from "../../ts/config.ts";
import { RunFolderError, WorkerError } from "../../ts/errors.ts";
import { silentProgress } from "../../ts/progress.ts";
import { RunFolder } from "../../ts/runs/run-folder.ts";
import type { SinkOptions } from "../../ts/sinks/open.ts";
import { sendRun } from "../../ts/sinks/send.ts";
import { train } from "../../ts/train.ts";
import type { FakeWorkerOptions } from "../fake-worker.ts";
import { numberLineWorker, starting } from "../numberline-worker.ts";
import { failure, metricsOf, readJson, timeless } from "../run-files.ts";
import { smallExperiment } from "../small-experiment.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { type FakeSinkKind, heardBy, startFakeSink } from "./fake-sink.ts";

const PATIENT = { answerMs: 60_000, endMs: 60_000 };
const SINKS: ExperimentInput["sinks"] = [{ kind: "tensorboard" }];

describe("a training with a sink", function () {
  this.timeout(120_000);
  const path = temporaryFolder();
  const logOf = (name: string): string => path(`${name}.log`);

  const options = (name: string, kind: FakeSinkKind): SinkOptions => ({
    start: (_sink, _run, onLine) => startFakeSink(kind, logOf(name), onLine),
    // Short where time is to run out; a busy machine may take long to start a process.
    limits: kind === "hanging" || kind === "endless" ? { answerMs: 60_000, endMs: 3_000 } : PATIENT,
  });

  /** Trains in the folder `name`; returns the summary and what was said. */
  const run = async (
    name: string,
    kind: FakeSinkKind | null,
    { worker = {}, resume = false }: { worker?: Partial<FakeWorkerOptions>; resume?: boolean } = {},
  ) => {
    const lines: string[] = [];
    const summary = await train(smallExperiment(kind === null ? {} : { sinks: SINKS }), {
      directory: path(name),
      startWorker: starting(numberLineWorker(worker)),
      progress: { ...silentProgress, say: (line) => lines.push(line) },
      resume,
      ...(kind !== null && { sinks: options(name, kind) }),
    });
    return { summary, said: lines.filter((line) => line.includes("sink")) };
  };
  const filesOf = (name: string) => ({
    metrics: metricsOf(path(name)),
    episodes: readFileSync(path(name, "episodes.jsonl"), "utf8"),
    explanations: readFileSync(path(name, "explanations.json"), "utf8"),
  });

  it("tells it of every line, where to look, and of the end", async () => {
    const { said } = await run("good", "good");
    const heard = heardBy(logOf("good"));
    expect(heard[0]).to.deep.equal({ through: 0 });
    expect(heard.slice(-2)).to.deep.equal([{ through: statSync(path("good", "metrics.jsonl")).size }, { end: true }]);
    expect(said).to.deep.equal(["sink tensorboard: here"]);
  });

  for (const [kind, cause] of [
    ["missing", /not installed; mend: .* -m pip install --no-deps -r python\/requirements-tensorboard.txt/],
    ["crashing", /exited with code 7; its last line: a bad thing happened/],
    ["hanging", /not taken everything 3 s after/],
    ["endless", /not taken everything 3 s after/],
    ["full", /OSError: No space left; on the device; mend: free some space/],
  ] as const) {
    it(`comes to the same without it, with one warning, when the sink is ${kind}`, async () => {
      const plain = await run(`plain-${kind}`, null);
      const { summary, said } = await run(kind, kind);
      expect(timeless(summary)).to.deep.equal(timeless(plain.summary));
      expect(filesOf(kind)).to.deep.equal(filesOf(`plain-${kind}`));
      const warnings = said.filter((line) => line.startsWith("warning: sink tensorboard: "));
      expect(warnings).to.have.length(1);
      expect(warnings[0]).to.match(cause);
      expect(warnings[0]).to.contain(`\`npx coso sinks ${path(kind)}\` sends what is missing`);
    });
  }

  it("tells it, when resumed, what the run still has before anything new", async () => {
    const beforeCall: FakeWorkerOptions["beforeCall"] = (method, calls) => {
      const before = calls.filter((call) => call.method === method).length;
      if (method === "updatePolicy" && before === 3) throw new WorkerError("exit", "killed");
    };
    expect(await failure(run("resumed", "good", { worker: { beforeCall } }))).to.be.instanceOf(WorkerError);
    expect(heardBy(logOf("resumed")).at(-1)).to.deep.equal({ end: true });
    const { size } = statSync(path("resumed", "metrics.jsonl"));
    await run("resumed", "good", { resume: true });
    expect(heardBy(logOf("resumed"))[0]).to.deep.equal({ through: size });
  });

  it("goes on with other sinks than it was begun with, but with no other settings", async () => {
    const beforeCall: FakeWorkerOptions["beforeCall"] = (method) => {
      if (method === "stats") throw new WorkerError("exit", "killed");
    };
    await failure(run("changed", null, { worker: { beforeCall } }));
    expect(readJson(path("changed", "config.json")).experiment.sinks).to.deep.equal([]);
    await run("changed", "good", { resume: true });
    expect(readJson(path("changed", "config.json")).experiment.sinks).to.deep.equal(SINKS);
    const other = train(smallExperiment({ iterations: 6 }), { directory: path("changed"), resume: true });
    expect(await failure(other))
      .to.be.instanceOf(RunFolderError)
      .with.property("message")
      .that.contains("iterations: 5 → 6");
  });

  it("sends a run to a sink afterwards, and says which could not take it", async () => {
    await run("late", null);
    const folder = new RunFolder(path("late"));
    await sendRun(folder, [{ kind: "tensorboard" }], silentProgress, options("late", "good"));
    const { size } = statSync(path("late", "metrics.jsonl"));
    expect(heardBy(logOf("late"))).to.deep.equal([{ through: size }, { end: true }]);
    const refused = sendRun(folder, [{ kind: "tensorboard" }], silentProgress, options("late", "missing"));
    const message = "sink tensorboard: the Python package tensorboard is not installed; mend: ";
    expect(await failure(refused))
      .to.be.an("error")
      .with.property("message")
      .that.contains(message);
  });
});
