import { getEventListeners } from "node:events";
import { expect } from "chai";
import type { Params } from "../../ts/protocol/messages.ts";
import { readFloat32 } from "../../ts/protocol/tensor.ts";
import { packObservations } from "../../ts/worker/observations.ts";
import type { RunningWorker } from "../../ts/worker/process.ts";
import { RemoteFailure } from "../../ts/worker/remote-failure.ts";
import type { CallProgress } from "../../ts/worker/worker.ts";
import { command, startFakeWorker, workerErrorOf } from "./fake-worker.ts";

const sampling = { stepIds: null, temperature: 1, greedy: true, maxNewTokens: 1, seed: 0, policy: "present" as const };
const sft = { batchSize: 1, microBatch: 1, learningRate: 1, maxGradNorm: 1, seed: 0 };

describe("WorkerClient", () => {
  let worker: RunningWorker;
  before(async () => {
    worker = await startFakeWorker();
  });
  after(() => worker.stop());

  it("carries images beside the message and tensors back", async () => {
    const observations = [1, 2, 1].map((shade) => ({
      prompt: `shade ${shade}`,
      image: { width: 4, height: 5, rgb: new Uint8Array(60).fill(shade) },
    }));
    const { batch, frames } = packObservations(observations);
    const acted = await worker.client.call("act", { observations: batch, ...sampling }, { frames });
    expect(acted.utterances).to.deep.equal(["shade 1: 60", "shade 2: 120", "shade 1: 60"]);
    expect([...readFloat32(acted.values)]).to.deep.equal([0, 1, 2]);
    expect([...readFloat32(acted.logProbs)]).to.deep.equal([-0.5, -0.5, -0.5]);
  });

  it("answers overlapping calls by id", async () => {
    const prompts = Array.from({ length: 50 }, (_, index) => `prompt ${index}`);
    const answers = await Promise.all(
      prompts.map((prompt) => {
        const { batch } = packObservations([{ prompt }]);
        return worker.client.call("act", { observations: batch, ...sampling });
      }),
    );
    expect(answers.flatMap(({ utterances }) => utterances)).to.deep.equal(prompts.map((each) => `${each}: no image`));
  });

  it("reports progress a few times a second, the last always, before the result", async () => {
    const seen: CallProgress[] = [];
    const { losses } = await worker.client.call(
      "fitSft",
      { steps: 40, ...sft },
      { onProgress: (progress) => seen.push(progress) },
    );
    expect(losses.shape).to.deep.equal([40]);
    expect(seen.length).to.be.within(2, 15);
    expect(seen.at(-1)).to.deep.equal({ done: 40, total: 40, metrics: { "sft/loss": 1 / 40 } });
  });

  it("rejects the call whose progress handler throws", async () => {
    const mistake = new Error("in the handler");
    const throwing = () => {
      throw mistake;
    };
    const failed = worker.client.call("fitSft", { steps: 1, ...sft }, { onProgress: throwing });
    expect(await failed.catch((error: unknown) => error)).to.equal(mistake);
    expect((await worker.client.call("stats", {})).keptSteps).to.equal(7);
  });

  it("names an expected failure and lives on", async () => {
    const error = await workerErrorOf(command(worker, "nowhere"));
    expect(error.code).to.equal("request");
    expect(error.message).to.equal("save: no-such-folder: expected a folder, got nowhere");
    expect(error.cause).to.be.instanceOf(RemoteFailure).and.include({ remoteCode: "no-such-folder", traceback: "" });
    expect((await worker.client.call("stats", {})).seconds).to.have.property("save");
  });

  it("tells memory that ran out from defects, and keeps the traceback of both", async () => {
    const memory = await workerErrorOf(command(worker, "memory"));
    expect(memory.message).to.equal("save: out-of-memory: asked for 80 GiB");
    const defect = await workerErrorOf(command(worker, "defect"));
    expect(defect.message).to.equal("save: internal: ZeroDivisionError: a defect");
    expect(defect.cause).to.have.property("traceback").that.includes("fake_worker.py");
  });

  it("refuses params that break the schema before they are sent", async () => {
    const broken: Params<"fitSft"> = { steps: 1, ...sft, learningRate: Number.NaN };
    const error = await workerErrorOf(worker.client.call("fitSft", broken));
    expect(error.code).to.equal("protocol");
    expect(error.message).to.match(/params of fitSft: learningRate: .*NaN/);
  });

  it("refuses a result that breaks the schema", async () => {
    const error = await workerErrorOf(command(worker, "not-a-number"));
    expect(error.code).to.equal("protocol");
    expect(error.message).to.match(/result of save: bytes: .*>=0/);
  });

  it("stops waiting when aborted, and still hears the next answer", async () => {
    const stopping = new AbortController();
    const waiting = worker.client.call("fitSft", { steps: 30, ...sft }, { signal: stopping.signal });
    stopping.abort(new Error("enough"));
    expect(await waiting.catch((error: unknown) => error)).to.have.property("message", "enough");
    expect((await command(worker, "sleep 0")).bytes).to.equal(42);
  });

  it("leaves nothing behind on a signal that outlives its calls", async () => {
    const { signal } = new AbortController();
    const calls = [1, 2, 3].map((steps) => worker.client.call("fitSft", { steps, ...sft }, { signal }));
    expect(getEventListeners(signal, "abort")).to.have.length(3);
    await Promise.all(calls);
    expect(getEventListeners(signal, "abort")).to.deep.equal([]);
  });
});
