import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { execa } from "execa";
import { curveKeyPair } from "zeromq";
import { ConfigError, messageOf } from "../../ts/errors.ts";
import { prepareKeys, tcpAddress } from "../../ts/worker/key-files.ts";
import { type ConnectOptions, connectWorker } from "../../ts/worker/remote.ts";
import { failure } from "../run-files.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { command, workerErrorOf } from "./fake-worker.ts";
import { freePort, type ListeningWorker, startListening } from "./listening-worker.ts";

describe("connectWorker", function () {
  this.timeout(30_000);
  const path = temporaryFolder();
  let endpoint = "";
  let listening: ListeningWorker;
  before(async () => {
    endpoint = `tcp://127.0.0.1:${await freePort()}`;
    prepareKeys(path("server.json"), endpoint);
    listening = await startListening(endpoint, path("server.json"));
  });
  after(() => listening.stop());

  const connect = (changes: Partial<ConnectOptions> = {}) =>
    connectWorker({ keyFile: path("coso-worker-key.json"), threads: 1, runFolder: path("run"), ...changes });
  /** The client's key with other contents. */
  const changedKey = (name: string, changes: object): Partial<ConnectOptions> => {
    const key = JSON.parse(readFileSync(path("coso-worker-key.json"), "utf8"));
    writeFileSync(path(name), JSON.stringify({ ...key, ...changes }), { mode: 0o600 });
    return { keyFile: path(name) };
  };

  it("serves one client after the other, forgets each, and leaves nothing in the run folder", async () => {
    for (const _time of [1, 2]) {
      const worker = await connect();
      expect(worker.hello.threads).to.equal(1);
      expect((await worker.client.call("stats", {})).seconds).to.deep.equal({});
      expect((await command(worker, "sleep 0")).bytes).to.equal(42);
      await Promise.all([worker.stop(), worker.stop()]);
      expect((await workerErrorOf(command(worker, "sleep 0"))).message).to.match(/was let go/);
    }
    expect(readdirSync(path("run"))).to.deep.equal([]);
  });

  it("gives the worker full paths, for it has another working directory", async () => {
    const worker = await connect();
    expect((await workerErrorOf(command(worker, "nowhere"))).message).to.contain(`got ${process.cwd()}/nowhere`);
    await worker.stop();
  });

  it("tells a second client at once that the worker is busy, even while it computes", async () => {
    const worker = await connect();
    const computing = command(worker, "sleep 1");
    const error = await workerErrorOf(connect());
    expect(error.code).to.equal("busy");
    expect(error.message).to.equal(
      `The worker at ${endpoint} serves another run, and one at a time; wait for its end, or start another worker.`,
    );
    expect((await computing).bytes).to.equal(42);
    await worker.stop();
  });

  it("serves the next one when a client was killed, once what it had asked for is done", async () => {
    const script = fileURLToPath(new URL("remote-client.ts", import.meta.url));
    const args = ["--import", "tsx", script, path("coso-worker-key.json"), path("run")];
    const client = execa("node", args, { reject: false });
    await once(client.stdout, "data");
    client.kill("SIGKILL");
    await client;
    const worker = await connect();
    expect((await worker.client.call("stats", {})).seconds).to.deep.equal({});
    expect(listening.said).to.include("the client is gone without a word");
    await worker.stop();
  });

  it("is refused in words where the key was not allowed", async () => {
    const error = await workerErrorOf(connect(changedKey("stranger.json", curveKeyPair())));
    expect(error.code).to.equal("start");
    expect(error.message).to.match(/^The worker at .* refuses the key in .*stranger\.json: .*Copy the key file/);
  });

  it("says so in seconds where the worker has other keys", async () => {
    const error = await workerErrorOf(connect(changedKey("other.json", { serverPublicKey: curveKeyPair().publicKey })));
    expect(error.code).to.equal("start");
    expect(error.message).to.match(/ends each connection at once: it has other keys than .*other\.json says/);
  });

  it("says so where nothing listens, and where something else does", async () => {
    const nobody = changedKey("nobody.json", { address: `tcp://127.0.0.1:${await freePort()}` });
    const nothing = await workerErrorOf(connect({ ...nobody, heartbeatLimitMs: 500 }));
    expect(nothing.code).to.equal("start");
    expect(nothing.message).to.match(/^No worker answers at .*: nothing listens there\. Is `coso worker` running/);

    const server = createServer(() => undefined).listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (typeof address !== "object" || address === null) throw new Error("no port");
    const silent = changedKey("silent.json", { address: `tcp://127.0.0.1:${address.port}` });
    const mute = await workerErrorOf(connect({ ...silent, heartbeatLimitMs: 500 }));
    expect(mute.message).to.match(/something listens there and says nothing/);
    server.close();
  });

  it("refuses a worker that does not see the run folder", async () => {
    writeFileSync(path("run", "other"), "");
    const worker = await connect();
    const missing = await workerErrorOf(
      worker.client.call("shareFolder", { file: path("elsewhere", "file"), content: "x" }),
    );
    expect(missing.message).to.match(/^shareFolder: no-shared-folder: the worker cannot read .*both hosts mount/);
    const other = await workerErrorOf(worker.client.call("shareFolder", { file: path("run", "other"), content: "x" }));
    expect(other.message).to.match(/has another .* than the client/);
    await worker.stop();
  });

  it("refuses threads that are not the worker's, and lets it go", async () => {
    const error = await failure(connect({ threads: 3 }));
    expect(error).to.be.instanceOf(ConfigError);
    expect(messageOf(error)).to.match(/^worker\.threads: expected 1, with which the worker .* received 3; set/);
    await (await connect()).stop();
  });

  it("refuses a key file that is missing, open to others or none, without showing what is in it", async () => {
    const secret = "a secret that stays one";
    writeFileSync(path("broken.json"), secret, { mode: 0o600 });
    writeFileSync(path("partial.json"), JSON.stringify({ secretKey: secret }), { mode: 0o600 });
    changedKey("open.json", {});
    chmodSync(path("open.json"), 0o640);
    const messages = [];
    for (const name of ["missing", "broken", "partial", "open"]) {
      const error = await failure(connect({ keyFile: path(`${name}.json`) }));
      expect(error).to.be.instanceOf(ConfigError);
      messages.push(messageOf(error));
    }
    expect(messages.join()).not.to.contain(secret);
    const [missing, broken, partial, open] = messages;
    expect(missing).to.match(/^worker\.connect: cannot read .*ENOENT.*`npx coso worker` on the worker's host writes/);
    expect(broken).to.match(/^worker\.connect: .*expected JSON/);
    expect(partial).to.match(/^worker\.connect: .*address: .*serverPublicKey: /);
    expect(open).to.match(/has mode 0640, so that others .* `chmod 600 .*open\.json`/);
  });

  describe("of a worker that is lost", () => {
    const keys = () => path("server.json");
    it("rejects at once when it is killed, and reaches the next one with the same key", async () => {
      const worker = await connect();
      const pending = workerErrorOf(command(worker, "sleep 60"));
      await delay(100);
      process.kill(worker.pid, "SIGKILL");
      const error = await pending;
      expect(error.code).to.equal("exit");
      expect(error.message).to.match(/^The connection to the worker at .* was lost/);
      await worker.stop();
      listening = await startListening(endpoint, keys());
      await (await connect()).stop();
    });

    it("rejects when its heartbeats stop", async () => {
      const worker = await connect({ heartbeatLimitMs: 1_000 });
      process.kill(worker.pid, "SIGSTOP");
      const error = await workerErrorOf(command(worker, "sleep 0"));
      process.kill(worker.pid, "SIGCONT");
      expect(error.code).to.equal("silent");
      await worker.stop();
      await (await connect()).stop();
    });

    it("ends by itself after one run where it was told to", async () => {
      await listening.stop();
      listening = await startListening(endpoint, keys(), "--once");
      await (await connect()).stop();
      expect(await listening.child.ended).to.equal("exited with code 0");
    });
  });
});

describe("tcpAddress", () => {
  it("takes hosts, names and IPv6 with a port that there is", () => {
    for (const address of ["tcp://0.0.0.0:5555", "tcp://gpu7.lab:1", "tcp://[::]:65535"]) {
      expect(tcpAddress.safeParse(address).success, address).to.equal(true);
    }
    for (const address of ["tcp://0.0.0.0:65536", "tcp://0.0.0.0:0", "tcp://0.0.0.0", "0.0.0.0:5555"]) {
      expect(tcpAddress.safeParse(address).success, address).to.equal(false);
    }
  });
});

describe("prepareKeys", () => {
  const path = temporaryFolder();
  const address = "tcp://gpu7.lab:5555";

  it("makes files that only their owner may open, and finds them again", () => {
    const made = prepareKeys(path("server.json"), address);
    expect(made).to.deep.equal({ clientFile: path("coso-worker-key.json"), address, isNew: true });
    for (const name of ["server.json", "coso-worker-key.json"]) {
      expect(statSync(path(name)).mode & 0o777).to.equal(0o600);
    }
    const before = readFileSync(path("coso-worker-key.json"), "utf8");
    const moved = prepareKeys(path("server.json"), "tcp://gpu8.lab:5555");
    expect(moved.isNew).to.equal(false);
    const after = readFileSync(path("coso-worker-key.json"), "utf8");
    expect(after).to.equal(before.replace("gpu7", "gpu8"));
    const worker = readFileSync(path("server.json"), "utf8");
    expect(worker).not.to.contain(JSON.parse(after).secretKey);
    expect(after).not.to.contain(JSON.parse(worker).secretKey);
  });

  it("makes no second key for a client that took its own away, and mixes no two workers' keys", () => {
    expect(() => prepareKeys(path("other.json"), address)).to.throw(ConfigError, /is the key to another worker/);
    mkdirSync(path("taken"));
    prepareKeys(path("taken", "server.json"), address);
    renameSync(path("taken", "coso-worker-key.json"), path("taken", "elsewhere.json"));
    expect(prepareKeys(path("taken", "server.json"), address).clientFile).to.equal(null);
    expect(existsSync(path("taken", "coso-worker-key.json"))).to.equal(false);
  });
});
