import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { expect } from "chai";
import { execa } from "execa";
import { PlainBoard } from "../../ts/sweep/board.ts";
import { loadSweep } from "../../ts/sweep/load.ts";
import type { TrialRow } from "../../ts/sweep/results.ts";
import { runSweep } from "../../ts/sweep/run.ts";
import { readJson } from "../run-files.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { pathWithFakeTrials } from "./fake-node.ts";
import { InProcessLauncher, timelessRow } from "./in-process-launcher.ts";
import { INSTALL, RayCluster, rayProgram } from "./ray-cluster.ts";

/** The command against Ray itself: a head and a second node on this machine, trials with a worker that has no model. */
describe("coso sweep --launcher ray", function () {
  const program = rayProgram();
  if (program === undefined) {
    it.skip(`(Ray is not installed: ${INSTALL})`);
    return;
  }
  this.timeout(600_000);
  const path = temporaryFolder();
  let cluster: RayCluster;
  let loseSecondNode: () => Promise<void>;
  let wanted: object[] = [];

  before(async () => {
    writeFileSync(
      path("sweep.mts"),
      `import { smallSweep } from ${JSON.stringify(pathToFileURL("test/sweep/small-sweep.ts").href)};
export default smallSweep({ grid: { "algorithm.clip": [0.1, 0.2] }, seeds: [0] });\n`,
    );
    const sweep = await loadSweep(path("sweep.mts"));
    const board = new PlainBoard(() => undefined);
    const launcher = new InProcessLauncher();
    const { rows } = await runSweep(sweep, { file: path("sweep.mts"), directory: path("whole"), launcher, board });
    wanted = rows.map(timelessRow);
    cluster = await RayCluster.start(program, 1, { PATH: pathWithFakeTrials(path("bin")), FAKE_TRIAL_MS: "3000" });
    loseSecondNode = await cluster.addNode(1);
  });
  after(() => cluster?.stop());

  const sweepTo = (out: string, ...args: string[]) => {
    const words = ["sweep", path("sweep.mts"), "--launcher", "ray", "--ray", cluster.address, "--out", path(out)];
    return execa("node", ["bin/coso.mjs", ...words, ...args], { reject: false });
  };
  const rowsOf = (out: string): object[] =>
    readJson(path(out, "results.json")).map((row: TrialRow) => timelessRow(row));
  const iterations = (out: string, trial: string): number => {
    const file = path(out, "runs", trial, "metrics.jsonl");
    return existsSync(file) ? readFileSync(file, "utf8").split("\n").length - 1 : 0;
  };

  it("stops on Ctrl-C and goes on, with what nodes that share no folder have saved", async () => {
    const first = sweepTo("archived", "--resources", "cpus=1");
    await until(first, async () => (await logs()).some((log) => log.includes("iterations of small")));
    expect(readdirSync(path("archived", "runs"))).to.deep.equal([]);
    first.kill("SIGINT");
    const stopped = await first;
    expect(stopped.exitCode, stopped.stderr).to.equal(130);
    const saved = readdirSync(path("archived", "runs"));
    expect(saved.map((trial) => iterations("archived", trial))).to.include(1);
    const { exitCode, stderr } = await sweepTo("archived");
    expect(exitCode, stderr).to.equal(0);
    expect((await logs()).some((log) => log.includes("resumed after iteration 1"))).to.equal(true);
    expect(rowsOf("archived")).to.deep.equal(wanted);
  });

  it("loses a node in the middle of a trial, and comes to the same table", async () => {
    const trials = ["clip=0.1,seed0", "clip=0.2,seed0"];
    const running = sweepTo("shared", "--shared", "--json");
    await until(running, () => trials.every((trial) => iterations("shared", trial) > 0));
    await loseSecondNode();
    const { exitCode, stderr } = await running;
    expect(exitCode, stderr).to.equal(0);
    expect(stderr).to.match(/was lost, and is submitted again: /);
    expect(rowsOf("shared")).to.deep.equal(wanted);
  });

  /** Of all jobs that the cluster knows. */
  async function logs(): Promise<string[]> {
    const read = async (path: string) => (await fetch(`${cluster.address}/api/jobs/${path}`)).json();
    const jobs = (await read("")) as { submission_id: string }[];
    return Promise.all(jobs.map(async (job) => ((await read(`${job.submission_id}/logs`)) as { logs: string }).logs));
  }
});

/** Waits while `process` runs. */
async function until(process: Promise<{ stderr: string }>, isSo: () => boolean | Promise<boolean>): Promise<void> {
  let said: string | undefined;
  void process.then(({ stderr }) => {
    said = stderr;
  });
  while (!(await isSo())) {
    if (said !== undefined) throw new Error(`ended before: ${said}`);
    await sleep(200);
  }
}
