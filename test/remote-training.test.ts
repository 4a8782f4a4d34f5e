import { resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect } from "chai";
import { execa } from "execa";
import { metricsOf, readJson, readLines } from "./run-files.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { eventually } from "./worker/fake-worker.ts";
import { freePort } from "./worker/listening-worker.ts";

const COSO = resolve("bin/coso.mjs");
const KEY = "coso-worker-key.json";
const ITERATIONS = 5;

/** `coso worker` and `coso train` as a person starts them, in two working directories, over TCP with keys. */
describe("a training with a worker on another host", function () {
  this.timeout(400_000);
  const path = temporaryFolder();
  const small = [
    "sft.steps=2",
    "sft.demonstrations.count=70",
    "scm.pretraining.utterances=40",
    "scm.pretraining.steps=2",
    "rollout.environments=2",
    `iterations=${ITERATIONS}`,
    "checkpoint.every=1",
    "evaluation.episodes=2",
    "evaluation.selection=null",
  ];
  const train = (out: string, ...args: string[]) => {
    const words = ["train", resolve("experiments/quickstart.ts"), "--out", out, "--json", "--set", ...small, ...args];
    return execa("node", [COSO, ...words], { cwd: path(), reject: false });
  };
  const connected = `worker.connect=${KEY}`;
  const lines = (out: string): number => {
    try {
      return readLines(path(out, "metrics.jsonl")).length;
    } catch {
      return 0;
    }
  };
  const startWorker = async (address: string, ...flags: string[]) => {
    const worker = execa("node", [COSO, "worker", "--listen", address, "--keys", path("server.json"), ...flags], {
      reject: false,
    });
    let said = "";
    worker.stdout.on("data", (chunk) => {
      said += chunk;
    });
    await eventually(() => said.includes("in the experiment"), 20_000);
    return { worker, said: () => said };
  };

  it("equals one with a worker of its own, though first the client was killed and then the worker", async () => {
    const own = await train("own");
    expect(own.exitCode, own.stderr).to.equal(0);

    const address = `tcp://127.0.0.1:${await freePort()}`;
    const first = await startWorker(address);
    expect(first.said()).to.match(
      /copy .*coso-worker-key\.json .*\n.*address in it: tcp:.*\n.*connect: "coso-worker-k/,
    );
    expect(first.said()).not.to.contain(readJson(path(KEY)).secretKey);

    const killed = train("far", connected);
    await untilLines("far", 2);
    killed.kill("SIGKILL");
    await killed;

    const bereft = train("far", connected, "--resume");
    await untilLines("far", lines("far") + 1);
    const busy = await train("second", connected);
    expect(busy.exitCode).to.equal(1);
    expect(busy.stderr).to.match(/WorkerError: The worker at .* serves another run/);
    // The Python process is the child of what was started.
    const { stdout: pid } = await execa("pgrep", ["-P", String(first.worker.pid), "-f", "coso_worker"]);
    process.kill(Number(pid.trim()), "SIGKILL");
    const { exitCode, stderr } = await bereft;
    expect(exitCode).to.equal(1);
    expect(stderr).to.match(
      /WorkerError: The connection to the worker at .* was lost.*go on with: npx coso train .* --resume/,
    );
    expect((await first.worker).stderr).to.contain("The worker was ended by SIGKILL");

    const second = await startWorker(address, "--once");
    const last = await train("far", connected, "--resume");
    expect(last.exitCode, last.stderr).to.equal(0);
    expect(metricsOf(path("far"))).to.deep.equal(metricsOf(path("own")));
    expect((await second.worker).exitCode).to.equal(0);
    const config = JSON.stringify(readJson(path("far", "config.json")));
    expect(config)
      .to.contain(KEY)
      .and.not.to.contain(readJson(path(KEY)).secretKey);
  });

  async function untilLines(out: string, count: number): Promise<void> {
    for (let waited = 0; waited < 1_200 && lines(out) < count; waited++) await delay(50);
    expect(lines(out)).to.be.at.least(count).and.below(ITERATIONS);
  }
});
