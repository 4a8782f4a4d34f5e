import { once } from "node:events";
import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { execa } from "execa";
import type { ExperimentInput } from "../ts/config.ts";
import { WorkerError } from "../ts/errors.ts";
import { type StartWorker, train } from "../ts/train.ts";
import { startWorker } from "../ts/worker/process.ts";
import { failure, metricsOf, readJson, readLines } from "./run-files.ts";
import { smallExperiment } from "./small-experiment.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { eventually, isAlive, socketFolders } from "./worker/fake-worker.ts";

/** Of losses and norms of a few units; Adam enlarges what rounding does to gradients that are almost 0. */
const TOLERANCE = 1e-4;

/** Real workers of two processes, which exchange over gloo on this machine's CPU. */
describe("a training by two processes", function () {
  this.timeout(400_000);
  const path = temporaryFolder();
  const experiment = (worker: NonNullable<ExperimentInput["worker"]>) =>
    smallExperiment({
      sft: { demonstrations: { count: 60 }, steps: 20, batchSize: 15, microBatch: 4, learningRate: 5e-3 },
      scm: {
        encoder: {
          kind: "fresh",
          hiddenSize: 16,
          layers: 1,
          heads: 2,
          feedForwardSize: 32,
          maxPositions: 96,
          dropout: 0,
        },
        pretraining: { utterances: 40, steps: 4 },
        online: { steps: 2 },
      },
      worker,
      rollout: { environments: 3, stepsPerEnvironment: 3 },
      algorithm: { batchSize: 5, microBatch: 2 },
      iterations: 2,
      evaluation: { episodes: 5 },
    });
  const two = experiment({ launcher: "torchrun", processes: 2 });
  const one = experiment({ launcher: "single" });

  before("by one and by two", async () => {
    await train(one, { directory: path("one") });
    await train(two, { directory: path("two") });
  });

  it("comes to the figures of one process", () => {
    const [ours, theirs] = [metricsIn("two"), metricsIn("one")];
    expect(ours).to.have.length(2);
    for (const [iteration, expected] of theirs.entries()) {
      expect(ours[iteration]).to.have.all.keys(expected);
      for (const [name, value] of Object.entries(expected)) {
        expect(ours[iteration]?.[name], `${name} of iteration ${iteration}`).to.be.closeTo(value, TOLERANCE);
      }
    }
    const stages = (name: string) => readJson(path(name, "summary.json")).stages;
    expect(stages("two")).to.deep.equal(stages("one"));
  });

  it("ends in one error when a rank is killed in an update, leaves nothing, and goes on with one process", async () => {
    let pids: number[] = [];
    let updates = 0;
    const killing: StartWorker = async (settings) => {
      const running = await startWorker(settings);
      const call: typeof running.client.call = async (method, params, options) => {
        if (method !== "updatePolicy" || ++updates < 2) return await running.client.call(method, params, options);
        pids = await ranksOf(running.pid);
        const pending = running.client.call(method, params, options);
        await delay(20);
        process.kill(pids[1] ?? 0, "SIGKILL");
        return await pending;
      };
      return { client: { call }, hello: running.hello, stop: running.stop };
    };
    const error = await failure(train(two, { directory: path("killed"), startWorker: killing }));
    expect(error).to.be.instanceOf(WorkerError).with.property("code", "exit");
    expect(String(error)).to.contain("rank 1 of 2 was ended by SIGKILL");
    expect(pids).to.have.length(2);
    await eventually(() => !pids.some(isAlive), 3_000);
    expect(socketFolders()).to.deep.equal([]);

    await train(one, { directory: path("killed"), resume: true });
    expect(metricsOf(path("killed"))).to.have.length(2);
  });

  it("leaves no rank behind when the client is killed with -9", async () => {
    const script = fileURLToPath(new URL("worker/parent-of-ranks.ts", import.meta.url));
    const parent = execa("node", ["--import", "tsx", script], { reject: false });
    const [line] = await once(parent.stdout, "data");
    const launcher = Number(line);
    const pids = [launcher, ...(await ranksOf(launcher))];
    expect(pids).to.have.length(3);
    process.kill(parent.pid ?? 0, "SIGKILL");
    await parent;
    await eventually(() => !pids.some(isAlive) && socketFolders(parent.pid).length === 0, 8_000);
  });

  const metricsIn = (name: string): Record<string, number>[] =>
    readLines(path(name, "metrics.jsonl")).map(({ metrics }) => metrics);
});

/** Process ids of a launcher's ranks, in their order. */
async function ranksOf(launcher: number): Promise<number[]> {
  const { stdout } = await execa("pgrep", ["-P", String(launcher)]);
  const rank = (pid: string): number =>
    Number(/(?:^|\0)RANK=(\d+)/.exec(readFileSync(`/proc/${pid}/environ`, "utf8"))?.[1] ?? -1);
  return stdout
    .split("\n")
    .filter((pid) => rank(pid) >= 0)
    .sort((a, b) => rank(a) - rank(b))
    .map(Number);
}
