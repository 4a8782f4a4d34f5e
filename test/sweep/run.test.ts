import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { messageOf } from "../../ts/errors.ts";
import { PlainBoard, type SweepView } from "../../ts/sweep/board.ts";
import { costOf, costText } from "../../ts/sweep/cost.ts";
import type { Sweep } from "../../ts/sweep/definition.ts";
import type { Launcher, TrialJob } from "../../ts/sweep/launcher.ts";
import { runSweep, type SweepOptions } from "../../ts/sweep/run.ts";
import { failure } from "../run-files.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { InProcessLauncher, timelessRow } from "./in-process-launcher.ts";
import { smallSweep } from "./small-sweep.ts";

describe("runSweep", function () {
  this.timeout(300_000);
  const path = temporaryFolder();
  const lines: string[] = [];
  const run = (sweep: Sweep, name: string, launcher: Launcher, options: Partial<SweepOptions> = {}) =>
    runSweep(sweep, {
      file: "sweep.ts",
      directory: path(name),
      launcher,
      board: new PlainBoard((line) => lines.push(line)),
      ...options,
    });

  beforeEach(() => lines.splice(0));

  it("runs every trial, one offline stage a seed, and tables what came out", async () => {
    const launcher = new InProcessLauncher();
    const { rows, failed, report } = await run(smallSweep(), "whole", launcher);
    expect(failed).to.deep.equal([]);
    expect(rows).to.have.length(8);
    expect(launcher.most).to.equal(2);
    const own = launcher.jobs.filter(({ offlineFrom }) => offlineFrom === undefined);
    expect(own.map(({ trial }) => trial.name)).to.deep.equal([
      "entropy=causal,clip=0.1,seed0",
      "entropy=causal,clip=0.1,seed1",
    ]);
    for (const row of rows) {
      expect(row).to.include({ state: "finished", episodes: 10, reason: null });
      expect(row.success).to.be.within(row.low ?? 1, row.high ?? 0);
    }
    expect(existsSync(report?.page ?? "")).to.equal(true);
    expect(JSON.parse(readFileSync(path("whole", "results.json"), "utf8"))).to.deep.equal(rows);
    const [header, first, ...others] = readFileSync(path("whole", "results.csv"), "utf8").trimEnd().split("\r\n");
    expect(header).to.match(/^trial,entropy,algorithm\.clip,seed,method,state,success,low,high,episodes,/);
    expect(first).to.match(/^"entropy=none,clip=0\.1,seed0",none,0\.1,0,RL,finished,[\d.]+,/);
    expect(others).to.have.length(7);
  });

  it("keeps going where a trial fails, says which and why, and tries it again", async () => {
    const failing = ({ trial }: TrialJob) => (trial.name.includes("clip=0.2,seed1") ? "out of memory" : undefined);
    const sweep = smallSweep();
    const { rows, failed } = await run(sweep, "failing", new InProcessLauncher(failing));
    expect(failed).to.deep.equal([
      { trial: "entropy=none,clip=0.2,seed1", reason: "out of memory" },
      { trial: "entropy=causal,clip=0.2,seed1", reason: "out of memory" },
    ]);
    expect(rows.filter(({ state }) => state === "finished")).to.have.length(6);
    expect(rows[3]).to.include({ state: "failed", success: null, reason: "out of memory" });
    expect(lines).to.include("entropy=none,clip=0.2,seed1 failed: out of memory");
    const again = new InProcessLauncher();
    const second = await run(sweep, "failing", again);
    expect(second.failed).to.deep.equal([]);
    expect(again.jobs.map(({ trial }) => trial.name)).to.deep.equal(failed.map(({ trial }) => trial));
  });

  it("lets another do the offline stage that one failed before it was done", async () => {
    const failing = ({ trial }: TrialJob) =>
      trial.name === "entropy=causal,clip=0.1,seed0" ? "the card is gone" : undefined;
    const launcher = new InProcessLauncher(failing);
    const { failed } = await run(smallSweep({ seeds: [0] }), "promoted", launcher);
    expect(failed.map(({ trial }) => trial)).to.deep.equal(["entropy=causal,clip=0.1,seed0"]);
    const own = launcher.jobs.filter(({ offlineFrom }) => offlineFrom === undefined);
    expect(own.map(({ trial }) => trial.name)).to.deep.equal([
      "entropy=causal,clip=0.1,seed0",
      "entropy=causal,clip=0.2,seed0",
    ]);
  });

  it("runs nothing of a finished sweep, and refuses one whose settings have changed since", async () => {
    const sweep = smallSweep({ grid: { "algorithm.clip": [0.1] }, seeds: [0] });
    const { rows } = await run(sweep, "twice", new InProcessLauncher());
    const launcher = new InProcessLauncher();
    expect((await run(sweep, "twice", launcher)).rows).to.deep.equal(rows);
    expect(launcher.jobs).to.deep.equal([]);
    const changed = { ...sweep, base: { ...sweep.base, iterations: 3 } };
    expect(messageOf(await failure(run(changed, "twice", new InProcessLauncher())))).to.contain("iterations");
  });

  it("stops when it is asked to, starts nothing more, and goes on to the same table", async () => {
    const sweep = smallSweep({ seeds: [0] });
    const stop = new AbortController();
    const launcher = new InProcessLauncher(({ trial }) => {
      if (trial.name === "entropy=none,clip=0.1,seed0") stop.abort(new Error("enough"));
      return undefined;
    });
    const stopped = await failure(run(sweep, "stopped", launcher, { signal: stop.signal }));
    expect(messageOf(stopped)).to.equal("enough");
    expect(launcher.jobs.length).to.be.lessThan(4);
    const { rows } = await run(sweep, "stopped", new InProcessLauncher());
    const whole = await run(sweep, "unstopped", new InProcessLauncher());
    expect(rows.map(timelessRow)).to.deep.equal(whole.rows.map(timelessRow));
  });

  it("refuses a folder in which another sweep works", async () => {
    const sweep = smallSweep({ grid: { "algorithm.clip": [0.1] }, seeds: [0] });
    const running = run(sweep, "claimed", new InProcessLauncher());
    const refused = await failure(run(sweep, "claimed", new InProcessLauncher()));
    expect(messageOf(refused)).to.contain(`sweep.lock: process ${process.pid}`);
    expect((await running).rows[0]?.state).to.equal("finished");
  });

  it("goes on beside a folder that is damaged, and says what to do with it", async () => {
    const sweep = smallSweep({ grid: { "algorithm.clip": [0.1, 0.2] }, seeds: [0] });
    await run(
      sweep,
      "damaged",
      new InProcessLauncher(({ trial }) => (trial.name.includes("0.2") ? "lost" : undefined)),
    );
    const folder = path("damaged", "runs", "clip=0.1,seed0");
    for (const file of ["summary.json", "config.json"]) {
      writeFileSync(join(folder, file), '{"cut o');
      const { rows, failed } = await run(sweep, "damaged", new InProcessLauncher());
      expect(rows.map(({ state }) => state)).to.deep.equal(["failed", "finished"]);
      expect(failed[0]?.reason).to.contain(file).and.contain(`delete ${folder} to begin the trial anew`);
    }
    expect((await costOf(sweep, path("damaged"))).trials.map(({ state }) => state)).to.deep.equal([
      "damaged",
      "finished",
    ]);
    rmSync(folder, { recursive: true });
    expect((await run(sweep, "damaged", new InProcessLauncher())).failed).to.deep.equal([]);
  });

  it("outlives a table that cannot be written while trials run, and a launcher that breaks", async () => {
    const sweep = smallSweep({ grid: { "algorithm.clip": [0.1, 0.2] }, seeds: [0] });
    const table = path("full", "results.csv");
    const launcher = new InProcessLauncher(({ trial }) => {
      if (trial.name.includes("0.2")) return rmSync(table, { recursive: true }) ?? undefined;
      mkdirSync(table, { recursive: true });
      throw new RangeError("no log can be written");
    });
    const { rows, failed } = await run(sweep, "full", {
      ...launcher,
      slots: 1,
      sharesFolders: true,
      run: launcher.run.bind(launcher),
    });
    expect(failed).to.deep.equal([{ trial: "clip=0.1,seed0", reason: "no log can be written" }]);
    expect(rows[1]?.state).to.equal("finished");
    expect(lines.join("\n")).to.contain("the table of results cannot be written now: ").and.contain("EISDIR");
    expect(readFileSync(table, "utf8")).to.contain("finished");
  });

  it("shows trials that wait for the launcher as queued, and no time of theirs", async () => {
    const views: SweepView[] = [];
    const board = { begin() {}, say() {}, ended() {}, end() {} };
    const waiting: Launcher = {
      slots: 3,
      sharesFolders: false,
      async run() {
        await sleep(50);
        return { kind: "failed", reason: "no room" };
      },
    };
    await run(smallSweep({ seeds: [0] }), "queued", waiting, { board: { ...board, show: (view) => views.push(view) } });
    expect(views[0]).to.deep.equal({ finished: 0, failed: 0, queued: 3, waiting: 1, running: [], secondsLeft: null });
  });

  it("tells what is done and what the rest costs, before and after", async () => {
    const sweep = smallSweep({ seeds: [0] });
    const before = await costOf(sweep, path("cost"));
    expect(before.trials.map(({ state, offlineFrom }) => [state, offlineFrom])).to.deep.equal([
      ["new", "entropy=causal,clip=0.1,seed0"],
      ["new", "entropy=causal,clip=0.1,seed0"],
      ["new", null],
      ["new", "entropy=causal,clip=0.1,seed0"],
    ]);
    expect(before.environmentSteps).to.equal(4 * 2 * 12);
    expect(before.seconds).to.include({ source: "planned" });
    expect(costText(before)).to.match(/4 of 4 trials left · 96 environment steps · planned .* with one at a time$/);
    const failing = ({ trial }: TrialJob) => (trial.name.includes("none") ? "lost" : undefined);
    await run(sweep, "cost", new InProcessLauncher(failing));
    const after = await costOf(sweep, path("cost"));
    expect(after.trials.map(({ state }) => state)).to.deep.equal(["new", "new", "finished", "finished"]);
    expect(after.seconds).to.include({ source: "measured" });
  });
});
