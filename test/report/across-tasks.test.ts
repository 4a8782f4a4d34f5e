import { expect } from "chai";
import { RandomStreams } from "../../ts/random.ts";
import { acrossTasks } from "../../ts/report/across-tasks.ts";
import { cellText } from "../../ts/report/cell.ts";
import { compare } from "../../ts/report/comparison.ts";
import { acrossTasksTable, groupsTable } from "../../ts/report/comparison-tables.ts";
import { groupRuns } from "../../ts/report/run-group.ts";
import { type RunOf, recordedRun } from "./recorded-runs.ts";

const runsOf = (of: Omit<RunOf, "seed" | "success">, successes: readonly number[]) =>
  successes.map((success, index) =>
    recordedRun({ ...of, seed: index + 1, success, settings: { method: of.method, ...of.settings } }),
  );

const easy = { environment: { id: "numberline" }, settings: { tokens: 72 } };
const hard = { environment: { id: "blackjack" }, settings: { tokens: 200 } };
const runs = [
  ...runsOf({ ...easy, method: "RL" }, [0.8, 0.82, 0.84]),
  ...runsOf({ ...easy, method: "CoSo" }, [0.9, 0.93, 0.93]),
  ...runsOf({ ...hard, method: "RL" }, [0.2, 0.2, 0.26]),
  ...runsOf({ ...hard, method: "CoSo" }, [0.3, 0.31, 0.35]),
];

describe("acrossTasks", () => {
  it("means tasks alike, draws within them, and pairs seeds within them", () => {
    const found = acrossTasks(groupRuns(runs), new RandomStreams(0));
    expect(found?.tasks).to.deep.equal(["numberline", "blackjack"]);
    const [rl, coso] = found?.variants ?? [];
    expect(rl?.success).to.be.closeTo((0.82 + 0.22) / 2, 1e-12);
    expect(rl?.runs).to.deep.equal([3, 3]);
    // What tasks differ by is not in the interval: each half of it lies within a task's own range.
    expect(rl?.interval?.[0]).to.be.within(0.5, 0.52);
    expect(rl?.interval?.[1]).to.be.within(0.52, 0.55);
    // The middle two thirds of six: one is cut from each end.
    expect(coso?.interquartileMean).to.be.closeTo((0.31 + 0.35 + 0.9 + 0.93) / 4, 1e-12);
    expect(found?.differences).to.have.length(1);
    expect(found?.differences[0]).to.deep.include({
      label: "CoSo",
      baseline: "RL",
      pairs: 3,
      probabilityOfImprovement: 1,
    });
    expect([rl?.isSupportedBest, coso?.isSupportedBest]).to.deep.equal([false, true]);
  });

  it("tells variants of a method by the settings that a task does not decide", () => {
    const swept = [easy, hard].flatMap((task) =>
      [0.1, 0.2].flatMap((rate) =>
        runsOf({ ...task, method: "CoSo", settings: { ...task.settings, rate } }, [rate, rate + 0.1]),
      ),
    );
    const found = acrossTasks(groupRuns(swept), new RandomStreams(0));
    expect(found?.variants.map(({ label }) => label)).to.deep.equal(["CoSo, rate 0.1", "CoSo, rate 0.2"]);
  });

  it("leaves out what was not run on every task, and is none for one task", () => {
    const partial = runs.filter(
      ({ config }) => config.method === "RL" || config.experiment.environment.id === "blackjack",
    );
    const found = acrossTasks(groupRuns(partial), new RandomStreams(0));
    expect(found?.variants.map(({ label }) => label)).to.deep.equal(["RL"]);
    expect(acrossTasks(groupRuns(runs.slice(0, 6)), new RandomStreams(0))).to.equal(null);
  });

  it("takes what was played for the task, by an environment's conditions", () => {
    const played = [{ tasks: "click" }, { tasks: "drag" }].flatMap((conditions) =>
      runsOf({ environment: { id: "miniwob", settings: conditions }, conditions, method: "RL" }, [0.5]),
    );
    const found = acrossTasks(groupRuns(played), new RandomStreams(0));
    expect(found?.tasks).to.deep.equal(["miniwob (tasks click)", "miniwob (tasks drag)"]);
    expect(found?.variants[0]).to.include({ interval: null, success: 0.5 });
  });
});

describe("a comparison of several tasks", () => {
  const comparison = compare(groupRuns(runs), new RandomStreams(0));

  it("takes no difference between tasks, and names the task of every row", () => {
    expect(comparison.differences.map(({ label, baseline }) => label !== baseline)).to.have.length(2);
    const { columns, rows } = groupsTable(comparison.groups);
    expect(columns[1]?.title).to.equal("Task");
    expect(rows.map((cells) => cells.map(cellText)[1])).to.have.members([
      "numberline",
      "blackjack",
      "numberline",
      "blackjack",
    ]);
  });

  it("makes bold what beats every other of its task, and says what bold stands on", () => {
    const strong = groupsTable(comparison.groups).rows.flatMap((cells) =>
      cells.some((cell) => typeof cell !== "string" && cell.isStrong) ? [cellText(cells[1] ?? "")] : [],
    );
    expect(strong).to.have.members(["numberline", "blackjack"]);
    expect(groupsTable(comparison.groups).note).to.include("Bold: better than every other of its task on 3 or more");
    if (comparison.acrossTasks === null) throw new Error("there are two tasks");
    expect(acrossTasksTable(comparison.acrossTasks).rows.map((cells) => cells.map(cellText)[1])).to.deep.equal([
      "3",
      "3",
    ]);
  });

  it("makes nothing bold of two seeds, nor of a group that has no rival", () => {
    const two = compare(groupRuns(runs.filter(({ config }) => config.experiment.seed < 3)), new RandomStreams(0));
    expect(two.groups.some(({ isSupportedBest }) => isSupportedBest)).to.equal(false);
    const alone = compare(groupRuns(runs.slice(0, 3)), new RandomStreams(0));
    expect(alone.groups[0]?.isSupportedBest).to.equal(false);
    expect(groupsTable(alone.groups).note).not.to.include("Bold");
  });
});
