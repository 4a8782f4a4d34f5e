import { expect } from "chai";
import { cellText } from "../../ts/report/cell.ts";
import { type RecordedRun, readRun } from "../../ts/report/read-run.ts";
import { groupRuns } from "../../ts/report/run-group.ts";
import type { Stage, StageEvaluation } from "../../ts/report/run-schema.ts";
import { stageMeansTable } from "../../ts/report/stage-means.ts";
import { type RunShape, writeRun } from "../fixtures/run/write-run.ts";
import { temporaryFolder } from "../temporary-folder.ts";

function evaluation(rate: number, byKind: Record<string, number> = {}): StageEvaluation {
  const counted = (share: number) => ({ successes: share * 10, episodes: 10, rate: share, interval: [0, 1] as const });
  return {
    ...counted(rate),
    interval: [0, 1],
    validJson: 1,
    invalid: 0,
    meanReturn: 0,
    ...(Object.keys(byKind).length > 0 && {
      byKind: Object.entries(byKind).map(([kind, share]) => ({ kind, ...counted(share), interval: [0, 1] })),
    }),
  };
}

describe("stageMeansTable", () => {
  const path = temporaryFolder();
  let count = 0;

  async function runWith(stages: Stage[], shape: RunShape): Promise<RecordedRun> {
    count += 1;
    writeRun(path(`run-${count}`), { iterations: 3, ...shape });
    const run = await readRun(path(`run-${count}`));
    if (run.outcome.kind === "unfinished") return run;
    return { ...run, outcome: { kind: "finished", summary: { ...run.outcome.summary, stages } } };
  }

  it("takes the mean over seeds of each stage, greedy and by kind of episode, each method's last stage in one column", async () => {
    const stages = (last: string, rate: number): Stage[] => [
      { stage: "after SFT", sampled: evaluation(0.2, { solvable: 0.4 }), greedy: evaluation(0.5) },
      { stage: last, sampled: evaluation(rate, { solvable: 2 * rate }), greedy: null },
    ];
    const runs = [
      await runWith(stages("after RL", 0.3), { entropy: "none", seed: 1 }),
      await runWith(stages("after RL", 0.4), { entropy: "none", seed: 2 }),
      await runWith(stages("after CoSo", 0.5), { entropy: "causal", seed: 1 }),
      await runWith([], { entropy: "causal", seed: 2, finished: false }),
    ];
    const table = stageMeansTable(groupRuns(runs));
    expect(table?.columns.map(({ title }) => title)).to.deep.equal([
      "Runs",
      "Episodes",
      "after SFT",
      "after online RL",
    ]);
    expect(table?.rows.map((cells) => cells.map(cellText))).to.deep.equal([
      ["RL", "sampled", "20.0 %", "35.0 %"],
      ["RL", "sampled, solvable", "40.0 %", "70.0 %"],
      ["RL", "greedy", "50.0 %", "–"],
      ["CoSo", "sampled", "20.0 %", "50.0 %"],
      ["CoSo", "sampled, solvable", "40.0 %", "100.0 %"],
      ["CoSo", "greedy", "50.0 %", "–"],
    ]);
  });

  it("is left out where there is one stage alone", async () => {
    const only: Stage[] = [{ stage: "after RL", sampled: evaluation(0.3), greedy: null }];
    expect(stageMeansTable(groupRuns([await runWith(only, { entropy: "none" })]))).to.equal(null);
  });
});
