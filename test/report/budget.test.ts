import { expect } from "chai";
import { RandomStreams } from "../../ts/random.ts";
import { budgetsOf, budgetTable } from "../../ts/report/budget.ts";
import { cellText } from "../../ts/report/cell.ts";
import type { RecordedRun } from "../../ts/report/read-run.ts";
import { groupRuns } from "../../ts/report/run-group.ts";
import type { Iteration } from "../../ts/report/run-schema.ts";
import { STEPS, timeAxis } from "../../ts/report/spent-axis.ts";
import { wilsonInterval } from "../../ts/report/statistics.ts";
import { recordedRun } from "./recorded-runs.ts";

/** 100 steps and `seconds` an iteration; success of its evaluation, where there was one. */
function iterations(successes: readonly (number | null)[], seconds = 1): Iteration[] {
  return successes.map((success, index) => ({
    iteration: index + 1,
    envSteps: 100 * (index + 1),
    metrics: {
      "rollout/success": 0.5,
      ...(success !== null && { "evaluation/success": success, "evaluation/episodes": 10 }),
    },
    seconds: { rollout: seconds / 2, updatePolicy: seconds / 2, evaluate: 100, ...(index === 0 && { sft: 1000 }) },
  }));
}

const run = (seed: number, method: string, of: Iteration[], device?: string): RecordedRun =>
  recordedRun({
    seed,
    method,
    success: 0.5,
    settings: { method },
    iterations: of,
    ...(device !== undefined && { device }),
  });

const budgets = (runs: RecordedRun[], axis = STEPS) => budgetsOf(groupRuns(runs), axis, new RandomStreams(0));

describe("budgetsOf", () => {
  it("takes the latest evaluation within each quarter of what the shortest run spent, not the best", () => {
    const found = budgets([
      run(1, "RL", iterations([null, 0.9, null, 0.2])),
      run(1, "CoSo", iterations([0.1, 0.3, 0.4, 0.6, 0.8, 1])),
    ]);
    expect(found).to.deep.include({ measure: "evaluation", budgets: [100, 200, 300, 400] });
    const successes = found?.groups.map(({ reached }) => reached.map((at) => at?.success ?? null));
    expect(successes).to.deep.equal([
      [null, 0.9, 0.9, 0.2],
      [0.1, 0.3, 0.4, 0.6],
    ]);
    expect(found?.groups[0]?.reached[1]?.interval).to.deep.equal(wilsonInterval(9, 10));
  });

  it("averages over seeds once each of them has something to tell", () => {
    const found = budgets([
      run(1, "CoSo", iterations([0.2, 0.4, null, 0.6])),
      run(2, "CoSo", iterations([null, 0.8, null, 1])),
    ]);
    expect(found?.budgets).to.deep.equal([200, 300, 400]);
    const last = found?.groups[0]?.reached.at(-1);
    expect(last?.success).to.be.closeTo(0.8, 1e-12);
    expect(last?.interval).to.deep.equal([0.6, 1]);
  });

  it("lets a run that has just begun neither cut the others short nor stand for what it has not spent", () => {
    const begun = recordedRun({ seed: 1, method: "CoSo", settings: { method: "CoSo" }, iterations: iterations([0.3]) });
    const found = budgets([run(1, "RL", iterations([0.1, 0.2, 0.3, 0.4])), begun]);
    expect(found?.budgets).to.deep.equal([100, 200, 300, 400]);
    expect(found?.groups[1]?.reached.map((at) => at?.success ?? null)).to.deep.equal([0.3, null, null, null]);
    const empty = recordedRun({ seed: 1, method: "CoSo", settings: { method: "CoSo" } });
    const beside = budgets([run(1, "RL", iterations([0.1, 0.2, 0.3, 0.4])), empty]);
    expect(beside).to.deep.include({ measure: "evaluation", budgets: [100, 200, 300, 400] });
    expect(beside?.groups[1]?.reached).to.deep.equal([null, null, null, null]);
  });

  it("counts seconds of training, neither offline stages nor evaluations", () => {
    const runs = [
      run(1, "RL", iterations([0.1, 0.2, 0.3, 0.4], 3)),
      run(1, "CoSo", iterations([0.5, 0.6, 0.7, 0.8], 6)),
    ];
    const axis = timeAxis(runs);
    expect(axis.name).to.equal("Seconds of online training");
    const found = budgets(runs, axis);
    expect(found?.budgets).to.deep.equal([3, 6, 9, 12]);
    expect(found?.groups[1]?.reached.map((at) => at?.success ?? null)).to.deep.equal([null, 0.5, 0.5, 0.6]);
  });

  it("falls back to training episodes where runs were not evaluated, and knows nothing before training", () => {
    expect(budgets([run(1, "RL", iterations([null, null]))])?.measure).to.equal("training");
    expect(budgets([run(1, "RL", [])])).to.equal(null);
    expect(budgets([])).to.equal(null);
  });

  it("is told by a table", () => {
    const found = budgets([run(1, "RL", iterations([0.1, 0.2, 0.3, 0.4]))]);
    if (found === null) throw new Error("there is a budget");
    const { columns, rows } = budgetTable(found, STEPS.format);
    expect(columns.map(({ title }) => title).slice(0, 4)).to.deep.equal(["Runs", "Seeds", "by 100", "95 % interval"]);
    expect(rows[0]?.map(cellText).slice(1, 4)).to.deep.equal(["1", "10.0 %", "[1.8, 40.4]"]);
  });
});

describe("timeAxis", () => {
  it("is in GPU-hours where all runs computed on one, in the clock's units otherwise", () => {
    const long = iterations([1, 1], 4 * 3600);
    expect(timeAxis([run(1, "RL", long, "cuda")]).name).to.equal("GPU-hours of online training");
    expect(timeAxis([run(1, "RL", long, "cuda"), run(2, "RL", long, "cpu")]).name).to.equal("Hours of online training");
    expect(timeAxis([run(1, "RL", long)]).of({ envSteps: 0, seconds: 7200 })).to.equal(2);
    expect(timeAxis([run(1, "RL", iterations([1], 600))]).name).to.equal("Minutes of online training");
  });
});
