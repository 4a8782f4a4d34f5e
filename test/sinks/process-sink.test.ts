import { setTimeout as delay } from "node:timers/promises";
import { expect } from "chai";
import type { SinkError } from "../../ts/errors.ts";
import { supervise } from "../../ts/processes/supervised.ts";
import { ProcessSink, type ProcessSinkOptions } from "../../ts/sinks/process-sink.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { type FakeSinkKind, heardBy, startFakeSink } from "./fake-sink.ts";

const PATIENT = { answerMs: 60_000, endMs: 60_000 };

describe("a sink with a process of its own", function () {
  this.timeout(120_000);
  const path = temporaryFolder();

  /** `failures` and `places` fill as the sink tells of them; `heard` is what its process was told. */
  const open = (kind: FakeSinkKind, limits = PATIENT, start?: ProcessSinkOptions["start"]) => {
    const log = path(`${kind}-${Math.random()}`);
    const places: string[] = [];
    const failures: SinkError[] = [];
    const sink = new ProcessSink({
      start: start ?? ((onLine) => startFakeSink(kind, log, onLine)),
      limits,
      onPlace: (place) => places.push(place),
      onFailure: (failure) => failures.push(failure),
    });
    return { sink, places, failures, heard: () => heardBy(log) };
  };
  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition()) await delay(10);
  };
  const told = (failures: readonly SinkError[]) =>
    failures.map(({ reason, message, mend }) => ({ reason, message, mend }));

  it("is told of every stretch, then of the end", async () => {
    const { sink, places, failures, heard } = open("good");
    sink.follow(0);
    await until(() => places.length > 0);
    sink.follow(10);
    await sink.end();
    expect(heard()).to.deep.equal([{ through: 0 }, { through: 10 }, { end: true }]);
    expect(places).to.deep.equal(["here"]);
    expect(failures).to.deep.equal([]);
  });

  it("is told of the first stretch, however much comes before it is ready", async () => {
    const { sink, heard } = open("good");
    for (const bytes of [5, 6, 7]) sink.follow(bytes);
    await sink.end();
    expect(heard()).to.deep.equal([{ through: 5 }, { through: 7 }, { end: true }]);
  });

  it("ends a process that was never told of a stretch", async () => {
    const { sink, places, failures, heard } = open("good");
    await sink.end();
    expect(heard()).to.deep.equal([{ end: true }]);
    expect(places).to.deep.equal([]);
    expect(failures).to.deep.equal([]);
  });

  it("keeps of all that a slow process has not heard the newest alone", async () => {
    const { sink, places, failures, heard } = open("slow");
    sink.follow(1);
    await until(() => places.length > 0);
    for (let bytes = 2; bytes <= 100_000; bytes += 1) sink.follow(bytes);
    await sink.end();
    expect(heard()).to.have.length.at.most(4);
    expect(heard().slice(-2)).to.deep.equal([{ through: 100_000 }, { end: true }]);
    expect(failures).to.deep.equal([]);
  });

  it("says why a process is lost, once, and takes whatever comes after", async () => {
    const { sink, places, failures } = open("crashing");
    sink.follow(1);
    await until(() => places.length > 0);
    sink.follow(2);
    await until(() => failures.length > 0);
    sink.follow(3);
    await sink.end();
    const message = "its process exited with code 7; its last line: a bad thing happened";
    expect(told(failures)).to.deep.equal([{ reason: "broken", message, mend: null }]);
  });

  it("passes on what a process says of its failure", async () => {
    const missing = open("missing");
    const full = open("full");
    full.sink.follow(1);
    await until(() => full.places.length > 0);
    full.sink.follow(2);
    await Promise.all([missing.sink.end(), full.sink.end()]);
    const message = "the Python package tensorboard is not installed";
    expect(told(missing.failures)).to.deep.equal([{ reason: "missing", message, mend: null }]);
    expect(told(full.failures)).to.deep.equal([
      { reason: "broken", message: "OSError: No space left\non the device", mend: "free some space" },
    ]);
  });

  it("gives up on a process that does not answer in time", async () => {
    for (const kind of ["hanging", "unready"] as const) {
      const { sink, failures, heard } = open(kind, { ...PATIENT, answerMs: 1_500 });
      for (let bytes = 0; bytes < 1_000; bytes += 1) sink.follow(bytes);
      await until(() => failures.length > 0);
      await sink.end();
      expect(told(failures)).to.deep.equal([{ reason: "slow", message: "it has not answered for 1.5 s", mend: null }]);
      expect(heard()).to.have.length(kind === "hanging" ? 1 : 0);
    }
  });

  it("gives up on one that does not end in time", async () => {
    const { sink, places, failures } = open("endless", { ...PATIENT, endMs: 300 });
    sink.follow(1);
    await until(() => places.length > 0);
    await sink.end();
    const message = "it had not taken everything 0.3 s after the run's end";
    expect(told(failures)).to.deep.equal([{ reason: "slow", message, mend: null }]);
  });

  it("takes a line that is no answer for a failure", async () => {
    const { sink, failures } = open("babbling");
    await sink.end();
    expect(told(failures)).to.deep.equal([{ reason: "broken", message: "it said wandb: hello", mend: null }]);
  });

  it("survives a program that does not exist, and one that may not be started", async () => {
    const absent = open("good", PATIENT, (onLine) => supervise("/no/such/program", [], { env: {}, onLine }));
    const refused = open("good", PATIENT, async () => {
      throw new RangeError("not today");
    });
    await Promise.all([absent.sink.end(), refused.sink.end()]);
    expect(absent.failures.map(({ message }) => message).join()).to.match(/ENOENT/);
    expect(told(refused.failures)).to.deep.equal([{ reason: "broken", message: "not today", mend: null }]);
  });
});
