import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { execa } from "execa";
import { startWorker } from "../../ts/worker/process.ts";
import { command, eventually, isAlive, socketFolders, startFakeWorker, workerErrorOf } from "./fake-worker.ts";

describe("startWorker", function () {
  this.timeout(20_000);
  afterEach("leaves no socket behind", () => {
    expect(socketFolders()).to.deep.equal([]);
  });

  it("greets the real worker, which answers without loading torch", async () => {
    const worker = await startWorker({ threads: 1 });
    expect(worker.hello).to.include({ pid: worker.pid, threads: 1, device: "unbuilt" });
    expect(worker.hello.versions).to.include.keys("python", "torch", "transformers", "msgspec", "pyzmq");
    await worker.stop();
    expect(isAlive(worker.pid)).to.equal(false);
  });

  it("stops twice without complaint, and rejects what was pending and what comes later", async () => {
    const worker = await startFakeWorker();
    const pending = workerErrorOf(command(worker, "sleep 60"));
    await Promise.all([worker.stop(), worker.stop()]);
    await worker.stop();
    expect((await pending).code).to.equal("exit");
    expect((await workerErrorOf(command(worker, "sleep 0"))).code).to.equal("exit");
    expect(isAlive(worker.pid)).to.equal(false);
  });

  it("appends the worker's output to a log", async () => {
    const folder = await mkdtemp(join(tmpdir(), "worker-log-"));
    const logFile = join(folder, "worker.log");
    for (const word of ["first", "second"]) {
      const worker = await startFakeWorker({ logFile });
      await command(worker, `print ${word}`);
      await worker.stop();
    }
    expect(await readFile(logFile, "utf8")).to.equal("first\nsecond\n");
    await rm(folder, { recursive: true });
  });

  describe("of a worker that dies", () => {
    it("rejects pending calls with the last lines", async () => {
      const worker = await startFakeWorker();
      const [first, second] = await Promise.all([
        workerErrorOf(command(worker, "exit 3")),
        workerErrorOf(command(worker, "sleep 0")),
      ]);
      expect(first.code).to.equal("exit");
      expect(first.message).to.equal("The worker exited with code 3; its last line: leaving now");
      expect(first.tail).to.deep.equal(["leaving now"]);
      expect(second.code).to.equal("exit");
      await worker.stop();
    });

    it("notices SIGKILL in the middle of a call within two seconds", async () => {
      const worker = await startFakeWorker();
      await command(worker, "print working");
      const pending = workerErrorOf(command(worker, "sleep 60"));
      await delay(100);
      const killedAt = performance.now();
      process.kill(worker.pid, "SIGKILL");
      const error = await pending;
      expect(performance.now() - killedAt).to.be.below(2_000);
      expect(error.code).to.equal("exit");
      expect(error.message).to.equal("The worker was ended by SIGKILL; its last line: working");
      await worker.stop();
    });

    it("kills one that is suspended", async () => {
      const worker = await startFakeWorker({ heartbeatLimitMs: 600 });
      process.kill(worker.pid, "SIGSTOP");
      const error = await workerErrorOf(command(worker, "sleep 0"));
      expect(error.code).to.equal("silent");
      await eventually(() => !isAlive(worker.pid), 2_000);
      await worker.stop();
    });

    it("kills one that is alive but gets nowhere, and not one that reports progress", async () => {
      const worker = await startFakeWorker({ timeLimitsMs: { save: 500, fitSft: 500 } });
      const sft = { steps: 120, batchSize: 1, microBatch: 1, learningRate: 1, maxGradNorm: 1, seed: 0 };
      await worker.client.call("fitSft", sft);
      const error = await workerErrorOf(command(worker, "sleep 60"));
      expect(error.code).to.equal("timeout");
      expect(error.message).to.match(/^save made no progress for 500 ms/);
      await eventually(() => !isAlive(worker.pid), 2_000);
      await worker.stop();
    });
  });

  describe("of a worker that never starts", () => {
    it("says how to get a Python that is not there", async () => {
      const error = await workerErrorOf(startWorker({ threads: 1, python: "/nowhere/bin/python" }));
      expect(error.code).to.equal("start");
      expect(error.message).to.match(/^No Python at \/nowhere\/bin\/python\. Run `npm run setup`/);
    });

    it("says that a command is not there", async () => {
      const error = await workerErrorOf(startWorker({ threads: 1, command: ["no-such-command"] }));
      expect(error.code).to.equal("start");
      expect(error.message).to.include("no-such-command").and.include("ENOENT");
    });

    it("has the last lines of one that crashes", async () => {
      const error = await workerErrorOf(startFakeWorker({ environment: { FAKE_CRASH: "1" } }));
      expect(error.code).to.equal("start");
      expect(error.message).to.match(/exited with code 1; its last line: ImportError: No module named 'msgspec'$/);
      expect(error.tail[0]).to.equal("Traceback (most recent call last):");
    });

    it("gives up on one that says nothing", async () => {
      const error = await workerErrorOf(
        startWorker({ threads: 1, command: ["sh", "-c", "echo thinking; sleep 60", "--"], startTimeoutMs: 500 }),
      );
      expect(error.code).to.equal("start");
      expect(error.message).to.include("hello made no progress for 500 ms");
      expect(error.tail).to.deep.equal(["thinking"]);
    });

    it("refuses one that speaks another protocol, on both sides", async () => {
      const other = "0".repeat(64);
      const error = await workerErrorOf(startFakeWorker({ environment: { FAKE_PROTOCOL: other } }));
      expect(error.code).to.equal("protocol");
      expect(error.message).to.match(/^hello: protocol: The client speaks protocol [0-9a-f]{64}, the worker 0{64}/);
      expect(error.message).to.include("npm run protocol");
    });
  });

  it("names a package that the handlers miss, with the traceback", async () => {
    const worker = await startFakeWorker({ environment: { FAKE_MISSING_PACKAGE: "1" } });
    const error = await workerErrorOf(command(worker, "sleep 0"));
    expect(error.code).to.equal("request");
    expect(error.message).to.match(/^save: missing-package: No module named 'coso_package_that_nobody_has'/);
    expect(error.cause).to.have.property("traceback").that.includes("Traceback");
    await worker.stop();
  });

  it("leaves no worker and no socket when the client is killed with -9, even during a computation", async () => {
    const script = fileURLToPath(new URL("parent-process.ts", import.meta.url));
    const parent = execa("node", ["--import", "tsx", script], { reject: false });
    const [line] = await once(parent.stdout, "data");
    const workerPid = Number(line);
    const { pid = 0 } = parent;
    expect(isAlive(workerPid)).to.equal(true);
    expect(socketFolders(pid)).to.have.length(1);
    process.kill(pid, "SIGKILL");
    await parent;
    await eventually(() => !isAlive(workerPid) && socketFolders(pid).length === 0, 3_000);
  });
});
