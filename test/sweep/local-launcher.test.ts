import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { expect } from "chai";
import { execa } from "execa";
import { readJson } from "../run-files.ts";
import { temporaryFolder } from "../temporary-folder.ts";

/** Real processes: the command, a trial each, its worker. */
describe("coso sweep", function () {
  this.timeout(900_000);
  const path = temporaryFolder();
  const file = () => path("sweep.mts");
  const coso = (...args: string[]) => execa("node", ["bin/coso.mjs", ...args], { reject: false });
  const sweep = (out: string, ...args: string[]) => coso("sweep", file(), "--out", path(out), ...args);

  before(() => {
    writeFileSync(
      file(),
      `
import { defineSweep } from ${JSON.stringify(pathToFileURL("ts/index.ts").href)};

export default defineSweep({
  name: "small",
  base: {
    name: "small",
    environment: { id: "numberline" },
    policy: { kind: "embedded", hiddenSize: 32, layers: 1, heads: 2 },
    sampling: { maxNewTokens: 16 },
    sft: { demonstrations: { count: 40 }, steps: 2, batchSize: 8, microBatch: 8, learningRate: 1e-3 },
    entropy: { kind: "none" },
    rollout: { environments: 4, stepsPerEnvironment: 4 },
    iterations: 8,
    evaluation: { episodes: 8 },
  },
  grid: process.env.TOO_HIGH === undefined
    ? { "algorithm.clip": [0.1, 0.2], "algorithm.learningRate": [1e-3, 1e-4] }
    : { "algorithm.learningRate": [1e-3, 1e30] },
  seeds: [0],
});
`,
    );
  });

  it("ends with the same table whether or not it was killed at three moments", async () => {
    const whole = await sweep("whole", "--jobs", "2", "--json");
    expect(whole.exitCode, whole.stderr).to.equal(0);
    // While offline stages, early and late iterations are under way, by every trial's clock.
    for (const milliseconds of [4000, 7000, 10_000]) {
      const child = execa("node", ["bin/coso.mjs", "sweep", file(), "--out", path("killed"), "--jobs", "2"], {
        reject: false,
      });
      await sleep(milliseconds);
      child.kill("SIGKILL");
      await child;
    }
    const last = await sweep("killed", "--jobs", "2", "--json");
    expect(last.exitCode, last.stderr).to.equal(0);
    expect(tableOf("killed")).to.deep.equal(tableOf("whole"));
    expect(tableOf("whole")).to.have.length(4);
    expect(tableOf("whole").every(({ state }: { state: string }) => state === "finished")).to.equal(true);
  });

  it("stops on Ctrl-C with what it has saved, and runs one trial alone by its name", async () => {
    const child = execa("node", ["bin/coso.mjs", "sweep", file(), "--out", path("stopped")], { reject: false });
    // Whoever has said something hears signals; a busy machine may take long until then.
    await once(child.stderr, "data");
    await sleep(3000);
    child.kill("SIGINT");
    const { exitCode, stderr } = await child;
    expect(exitCode).to.equal(130);
    expect(stderr).to.contain("stopped; the same command goes on");
    const name = "clip=0.2,learningRate=0.001,seed0";
    const alone = await coso("train", file(), "--trial", name, "--out", path("alone"), "--json");
    expect(alone.exitCode, alone.stderr).to.equal(0);
    const row = tableOf("whole").find(({ trial }: { trial: string }) => trial === name);
    expect(JSON.parse(alone.stdout)).to.include({ successRate: row.success, envSteps: row.envSteps });
    const unknown = await coso("train", file(), "--trial", "clip=9", "--out", path("none"));
    expect(unknown.stderr).to.contain("no trial clip=9; there are").and.contain(name);
    const several = await coso("train", file(), "--out", path("none"));
    expect(several.stderr).to.contain("coso sweep").and.contain("--trial");
  });

  it("names the trial that failed, by the error of its process, and exits 1", async () => {
    const { exitCode, stderr } = await execa(
      "node",
      ["bin/coso.mjs", "sweep", file(), "--out", path("failing"), "--jobs", "2"],
      {
        reject: false,
        env: { TOO_HIGH: "1" },
      },
    );
    expect(exitCode).to.equal(1);
    expect(stderr).to.match(
      /1 trial failed; the same command tries it again:\n {2}learningRate=1e\+30,seed0: \w+Error: /,
    );
    expect(readFileSync(path("failing", "results.csv"), "utf8")).to.match(/learningRate=1e\+30.*,failed,/);
  });

  function tableOf(out: string) {
    return readJson(path(out, "results.json")).map(
      ({ seconds: _, peakMemoryBytes: _bytes, ...row }: Record<string, unknown>) => row,
    );
  }
});
