import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { expect } from "chai";
import { execa } from "execa";
import { temporaryFolder } from "./temporary-folder.ts";

/** The real worker, the real environment, the command line: everything but the size is the quickstart. */
describe("a training from end to end", function () {
  this.timeout(240_000);
  const path = temporaryFolder();
  const small = [
    "sampling.maxNewTokens=40",
    "sft.steps=30",
    "sft.demonstrations.count=200",
    "scm.pretraining.utterances=100",
    "scm.pretraining.steps=10",
    "rollout.environments=8",
    "iterations=4",
    "checkpoint.every=1",
    "evaluation.episodes=10",
    'evaluation.selection={"every":2,"episodes":5}',
  ];
  const train = (name: string, ...args: string[]) =>
    execa(
      "node",
      ["bin/coso.mjs", "train", "experiments/quickstart.ts", "--out", path(name), "--json", ...args, "--set", ...small],
      { reject: false, detached: true },
    );

  it("prints the summary that it leaves behind, which coso eval reproduces", async () => {
    const { stdout, exitCode, stderr } = await train("whole");
    expect(exitCode, stderr).to.equal(0);
    const summary = JSON.parse(stdout);
    expect(summary).to.deep.equal(JSON.parse(readFileSync(path("whole", "summary.json"), "utf8")));
    expect(summary.envSteps).to.equal(4 * 8 * 4);
    expect(summary.causalWeights.tokens).to.be.greaterThan(summary.envSteps);
    expect(readFileSync(summary.report, "utf8")).to.contain("<svg");
    const evaluated = await execa("node", ["bin/coso.mjs", "eval", path("whole"), "--json"]);
    expect(JSON.parse(evaluated.stdout)).to.deep.include(summary.stages.at(-1).sampled);
  });

  const begun = async (name: string) => {
    const training = train(name);
    await Promise.race([training, linesIn(path(name, "metrics.jsonl"), 2)]);
    if (training.pid === undefined) throw new Error("the training did not start");
    return { training, pid: training.pid };
  };
  const goesOn = async (name: string) => {
    const { exitCode, stderr } = await train(name, "--resume");
    expect(exitCode, stderr).to.equal(0);
    expect(timeless(path(name, "metrics.jsonl"))).to.deep.equal(timeless(path("whole", "metrics.jsonl")));
  };

  it("goes on after kill −9 of the whole process group as if nothing had happened", async () => {
    const { training, pid } = await begun("killed");
    process.kill(-pid, "SIGKILL");
    expect((await training).signal).to.equal("SIGKILL");
    await goesOn("killed");
  });

  it("names a worker that was killed, within seconds, and goes on from there", async () => {
    const { training, pid } = await begun("bereft");
    const { stdout } = await execa("pgrep", ["-P", String(pid), "-f", "coso_worker"]);
    process.kill(Number(stdout.trim()), "SIGKILL");
    const killed = performance.now();
    const { exitCode, stderr } = await training;
    expect(performance.now() - killed).to.be.lessThan(10_000);
    expect(exitCode).to.equal(1);
    expect(stderr).to.match(/WorkerError: .*SIGKILL.*; go on with: npx coso train .* --resume/);
    await goesOn("bereft");
  });
});

/** Waits until the file has as many lines, two minutes at most. */
async function linesIn(file: string, count: number): Promise<void> {
  for (let waited = 0; waited < 2000 && timeless(file).length < count; waited++) await delay(50);
}

/** The file's complete lines but for their times; none while it does not exist. */
function timeless(file: string): unknown[] {
  let text = "";
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return [];
  }
  return text
    .split("\n")
    .slice(0, -1)
    .map((line) => {
      const { seconds: _seconds, ...rest } = JSON.parse(line);
      return rest;
    });
}
