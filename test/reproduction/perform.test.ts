import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { expect } from "chai";
import { compareMethods } from "../../ts/comparison/run.ts";
import { messageOf } from "../../ts/errors.ts";
import { costOf, costText } from "../../ts/reproduction/cost.ts";
import { FoundRuns } from "../../ts/reproduction/found-runs.ts";
import { type ReproduceOptions, type ReproduceResult, reproduce } from "../../ts/reproduction/perform.ts";
import { planRuns } from "../../ts/reproduction/plan.ts";
import type { Reproduction } from "../../ts/reproduction/reproduction.ts";
import { selectionOf } from "../../ts/reproduction/selection.ts";
import type { StartWorker } from "../../ts/train.ts";
import { numberLineWorker, starting } from "../numberline-worker.ts";
import { failure, readJson } from "../run-files.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { STUDY, smallLook, smallReproduction } from "./small-reproduction.ts";
import smallStudy from "./small-study.ts";

describe("reproduce", function () {
  this.timeout(120_000);
  const path = temporaryFolder();

  /** RL's updates harm, CoSo's help, so that one is the better. */
  const workers = (started: string[] = [], beforeCall: () => void = () => {}): StartWorker => {
    return async (settings) => {
      started.push(settings.logFile);
      const skill = { initial: 0.1, afterSft: 0.5, gain: settings.logFile.includes("RL-seed") ? -0.2 : 0.2 };
      return starting(numberLineWorker({ skill, beforeCall }))(settings);
    };
  };
  const run = (
    name: string,
    { small = smallReproduction(), ...options }: Partial<ReproduceOptions> & { small?: Reproduction } = {},
  ) =>
    reproduce([small], {
      directory: path(name),
      scale: "tiny",
      isSelected: () => true,
      from: [],
      jobs: 1,
      runs: true,
      startWorker: workers(),
      ...options,
    });
  const cellsOf = (name: string) =>
    readJson(path(name, "tiny", "table2", "cells.json")).cells as Record<string, unknown>[];
  const cell = (name: string, row: string, column: string) =>
    cellsOf(name).find((each) => each.row === row && each.column === column);

  let whole: ReproduceResult;
  const started: string[] = [];
  before(async () => {
    whole = await run("whole", { startWorker: workers(started) });
  });

  it("runs what is needed once, and lays it out beside the paper's numbers", async () => {
    const { reproductions, failed } = whole;
    expect(failed).to.deep.equal([]);
    expect(started).to.have.length(6);
    const markdown = readFileSync(reproductions[0]?.written.markdown ?? "", "utf8");
    const [title, , header, , environment, prompted, sft, rl, coso] = markdown.split("\n");
    expect(title).to.equal("**A small table**");
    expect(header).to.equal("| Method | NL | Avg. |");
    expect(environment).to.equal("| *environment* | *synthetic* |  |");
    expect(prompted).to.equal("| Prompted | – (a)<br>*paper 82.5* | – (b)<br>*paper 82.5* |");
    expect(sft).to.match(
      /^\| SFT<br>\(after SFT\) \| [\d.]+ \[[\d.]+, [\d.]+\]<br>3 seeds, 30 ep\.<br>\*paper 24\.8\* \|/,
    );
    expect(rl).to.contain("*paper 88.4 ± 1.5*").and.not.contain("**");
    expect(coso).to.match(/^\| CoSo \| \*\*[\d.]+ \[[\d.]+, [\d.]+\]\*\*<br>3 seeds, 30 ep\.<br>\*paper 100\.0\* \|/);
    expect(markdown).to.contain("- (a) not run: needs a key\n").and.contain("- Environment, synthetic: NumberLine.\n");
    expect(markdown).to.contain("no NL").and.contain("| NL | CoSo − RL | 3 |");
    expect(cell("whole", "CoSo", "NL")).to.include({
      state: "measured",
      seeds: 3,
      episodes: 30,
      isBest: true,
      paper: 100,
    });
    expect(cell("whole", "RL", "NL")).to.include({ isBest: false, paper: 88.4, paperSpread: 1.5 });
    expect(cell("whole", "CoSo", "average")).to.include({ mean: cell("whole", "CoSo", "NL")?.mean });
    expect(
      readFileSync(path("whole", "tiny", "table2", "cells.csv"), "utf8")
        .trimEnd()
        .split("\r\n"),
    ).to.have.length(9);
    expect(existsSync(path("whole", "tiny", "table2", "table2-NL.png"))).to.equal(true);

    await run("whole", { startWorker: workers(started) });
    expect(started).to.have.length(6);
  });

  it("ends with the same cells when it is cut at any call of any worker, and tables what there is on the way", async () => {
    const calls = await countCalls();
    for (const share of [0.15, 0.7]) {
      const name = `cut-${share}`;
      const stop = new AbortController();
      let count = 0;
      const cut = workers([], () => {
        count += 1;
        if (count === Math.floor(calls * share)) stop.abort(new Error("enough"));
      });
      expect(messageOf(await failure(run(name, { startWorker: cut, signal: stop.signal })))).to.equal("enough");
      const shown = await run(name, { runs: false });
      expect(statesOf(shown)).to.not.deep.equal(["measured"]);
      await run(name);
      expect(cellsOf(name).map(placeless)).to.deep.equal(cellsOf("whole").map(placeless));
    }
  });

  it("runs a part alone, and marks the rest with the command that runs it", async () => {
    const started: string[] = [];
    const small = smallReproduction();
    const isSelected = selectionOf(["RL/nl"], [small]);
    await run("part", { small, isSelected, startWorker: workers(started) });
    expect(started).to.have.length(3);
    expect(started.every((file) => file.includes("RL-seed"))).to.equal(true);
    expect(cell("part", "RL", "NL")).to.include({ state: "measured" });
    expect(cell("part", "CoSo", "NL")).to.include({
      state: "not run",
      reason: "to be run by npx coso reproduce table2 --scale tiny",
    });
    // What all methods share is known from the one that ran.
    expect(cell("part", "SFT", "NL")).to.include({ state: "measured", seeds: 3 });
    expect(cell("part", "Prompted", "average")).to.include({ reason: "an average needs all of its columns: no NL" });
  });

  it("takes runs of coso compare over where their settings are the same", async () => {
    await compareMethods(
      { ...smallStudy, seeds: [0, 1] },
      { directory: path("compared"), jobs: 1, startWorker: workers() },
    );
    const started: string[] = [];
    await run("from", { from: [path("compared")], startWorker: workers(started) });
    expect(started.map((file) => /(\w+-seed\d)/.exec(file)?.[0]).sort()).to.deep.equal(["CoSo-seed2", "RL-seed2"]);
    expect(cellsOf("from").map(placeless)).to.deep.equal(cellsOf("whole").map(placeless));
  });

  it("takes runs of an earlier version over, whose settings lack what came later, and those in other passes", async () => {
    await compareMethods({ ...smallStudy, seeds: [0] }, { directory: path("old"), jobs: 1, startWorker: workers() });
    const file = path("old", "reported", "CoSo-seed0", "config.json");
    const config = readJson(file);
    const { recording: _r, sinks: _s, algorithm, ...experiment } = config.experiment;
    const older = { ...experiment, algorithm: { ...algorithm, microBatch: 2 } };
    writeFileSync(file, JSON.stringify({ ...config, experiment: older }));
    const started: string[] = [];
    await run("from-old", { from: [path("old")], startWorker: workers(started) });
    expect(started).to.have.length(4);
    expect(started.some((each) => each.includes("seed0"))).to.equal(false);
  });

  it("names a run that failed, counts the others, and tries it again", async () => {
    const healthy = workers();
    const broken: StartWorker = async (settings) => {
      if (settings.logFile.includes("CoSo-seed1")) throw new Error("out of luck");
      return healthy(settings);
    };
    const { failed } = await run("failing", { startWorker: broken });
    expect(failed).to.deep.equal([{ run: "small-study/CoSo-seed1", reason: "out of luck" }]);
    expect(cell("failing", "CoSo", "NL")).to.include({ state: "partial", seeds: 2, seedsWanted: 3, isBest: false });
    expect((await run("failing")).failed).to.deep.equal([]);
  });

  it("begins nothing that the machine lacks something for, and says how to mend it", async () => {
    const study = { ...STUDY, requires: [{ what: "games", mend: "make some", isMet: () => false }] };
    const { cell: source } = smallReproduction().scales.tiny;
    const small = smallReproduction({
      cell: (row, column) => {
        const given = source(row, column);
        return given.kind === "runs" ? { ...given, study } : given;
      },
    });
    const started: string[] = [];
    await run("lacking", { small, startWorker: workers(started) });
    expect(started).to.deep.equal([]);
    expect(cell("lacking", "CoSo", "NL")).to.include({ state: "not run", reason: "needs games: make some" });
    const [plan] = await planRuns([small], "tiny", await FoundRuns.in(path("lacking"), []), () => true);
    if (plan === undefined) throw new Error("expected a plan");
    expect(costText([await costOf(plan)]))
      .to.contain("cannot be run here, needs games: make some")
      .and.contain("0 runs left");
  });

  it("plans what is left and what it costs, before and after", async () => {
    const plan = async (directory: string) => {
      const plans = await planRuns([smallReproduction()], "tiny", await FoundRuns.in(directory, []), () => true);
      return Promise.all(plans.map(costOf));
    };
    const [before] = await plan(path("none"));
    expect(before).to.include({ study: "small-study", left: 6, environmentSteps: 6 * 3 * 12 });
    expect(before?.seconds).to.include({ source: "planned" });
    const partly = path("planned");
    cpSync(path("whole", "tiny", "runs"), partly, { recursive: true });
    for (const seed of [0, 1, 2])
      rmSync(path("planned", "small-study", "reported", `RL-seed${seed}`), { recursive: true });
    const [after] = await plan(partly);
    expect(after).to.include({ left: 3 });
    expect(after?.trials.map(({ state }) => state)).to.have.members([
      ...new Array(3).fill("finished"),
      ...new Array(3).fill("new"),
    ]);
    expect(after?.seconds).to.include({ source: "measured" });
  });

  it("shows no run that was made with other settings", async () => {
    const folder = path("other", "tiny", "runs", "small-study", "reported", "CoSo-seed0");
    mkdirSync(folder, { recursive: true });
    const other = path("whole", "tiny", "runs", "small-study", "reported", "CoSo-seed0");
    const config = readJson(`${other}/config.json`);
    writeFileSync(
      `${folder}/config.json`,
      JSON.stringify({ ...config, experiment: { ...config.experiment, iterations: 9 } }),
    );
    writeFileSync(`${folder}/summary.json`, readFileSync(`${other}/summary.json`));
    await run("other", { runs: false });
    expect(cell("other", "CoSo", "NL")?.reason).to.match(/CoSo-seed0 has other settings: iterations: 9 → 3$/);
  });

  it("looks at runs once, and shows what it found", async () => {
    const small = smallLook();
    const started: string[] = [];
    await run("looked", { small, startWorker: workers(started) });
    // Three runs, and a look at each.
    expect(started).to.have.length(6);
    const { reproductions } = await run("looked", { small, startWorker: workers(started) });
    expect(started).to.have.length(6);
    const [reproduced] = reproductions;
    expect(statesOf({ reproductions, failed: [] })).to.deep.equal(["measured"]);
    expect(reproduced?.written.pages).to.have.length(3);
    for (const page of reproduced?.written.pages ?? []) expect(existsSync(page)).to.equal(true);
  });

  it("refuses a folder in which another process reproduces", async () => {
    mkdirSync(path("held", "tiny"), { recursive: true });
    writeFileSync(path("held", "tiny", "reproduce.lock"), JSON.stringify({ pid: process.pid, host: hostname() }));
    expect(messageOf(await failure(run("held")))).to.contain(`reproduce.lock: process ${process.pid}`);
  });

  async function countCalls(): Promise<number> {
    let count = 0;
    await run("counted", {
      startWorker: workers([], () => {
        count += 1;
      }),
    });
    return count;
  }
});

function statesOf({ reproductions }: ReproduceResult): string[] {
  return [
    ...new Set(reproductions.flatMap(({ collected }) => [...collected.cells.values()].map(({ state }) => state))),
  ];
}

/** A cell but for where its runs lie. */
function placeless({ values, ...cell }: Record<string, unknown>): unknown {
  const kept = (values as { run: unknown }[]).map(({ run: _, ...value }) => value);
  return { ...cell, values: kept };
}
