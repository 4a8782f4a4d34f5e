import { expect } from "chai";
import { cellText } from "../../ts/report/cell.ts";
import { costOf, costTable } from "../../ts/report/cost.ts";
import { type RecordedRun, readRun } from "../../ts/report/read-run.ts";
import { groupRuns } from "../../ts/report/run-group.ts";
import { type RunShape, writeRun } from "../fixtures/run/write-run.ts";
import { temporaryFolder } from "../temporary-folder.ts";

type Seconds = Record<string, number>;

describe("costOf", () => {
  const path = temporaryFolder();
  let count = 0;

  /** A finished run with these seconds, an element an iteration. */
  async function run(
    shape: RunShape,
    seconds: Seconds[],
    scm: number,
    memory: Record<string, number>,
  ): Promise<RecordedRun> {
    count += 1;
    writeRun(path(`run-${count}`), { iterations: seconds.length, ...shape });
    const read = await readRun(path(`run-${count}`));
    if (read.outcome.kind === "unfinished") throw new Error("the fixture finishes its runs");
    const parameters = { policy: 400_000, valueHead: 200, scm };
    return {
      ...read,
      iterations: read.iterations.map((iteration, index) => ({ ...iteration, seconds: seconds[index] ?? {} })),
      outcome: {
        kind: "finished",
        summary: { ...read.outcome.summary, parameters, peakMemoryByMethod: memory },
      },
    };
  }

  it("takes medians over iterations and seeds, and compares iterations as if rollouts were alike", async () => {
    const rl = { entropy: "none" } as const;
    const coso = { entropy: "causal" } as const;
    const runs = [
      await run({ ...rl, seed: 1 }, [{ rollout: 1, updatePolicy: 1 }], 0, { act: 10, updatePolicy: 20 }),
      await run({ ...rl, seed: 2 }, [{ rollout: 1, updatePolicy: 9 }], 0, { act: 11, updatePolicy: 19 }),
      await run({ ...rl, seed: 3 }, [{ rollout: 9, updatePolicy: 2 }], 0, { act: 10, updatePolicy: 20 }),
      await run(
        { ...coso, seed: 1 },
        [
          { rollout: 3, weigh: 0.25, fitScm: 0.25, updatePolicy: 2 },
          { rollout: 3, weigh: 1, fitScm: 0.5, updatePolicy: 2 },
          { rollout: 3, weigh: 0.75, fitScm: 0.25, updatePolicy: 2 },
        ],
        30_000,
        { act: 10, updatePolicy: 20, weigh: 12, fitScm: 13 },
      ),
    ];
    const costs = costOf(groupRuns(runs));
    expect(costs).to.deep.equal([
      {
        label: "RL",
        parameters: { policy: 400_200, scm: 0 },
        peakMemory: { rollout: 11, update: 20, causal: null },
        seconds: { rollout: 1, update: 2, causal: null },
        timeRatio: 1,
        iterations: 3,
      },
      {
        label: "CoSo",
        parameters: { policy: 400_200, scm: 30_000 },
        peakMemory: { rollout: 10, update: 20, causal: 13 },
        seconds: { rollout: 3, update: 2, causal: 1 },
        timeRatio: 6 / 5,
        iterations: 3,
      },
    ]);
    const { columns, rows } = costTable(costs);
    for (const row of rows) expect(row).to.have.lengthOf(columns.length);
    expect(rows[1]?.map(cellText)).to.include.members(["CoSo", "30.0k", "1.00", "× 1.20"]);
    expect(rows[0]?.map(cellText)[2]).to.equal("–");
  });

  it("says nothing of runs that did not record it, or have not finished", async () => {
    writeRun(path("earlier"), { iterations: 2 });
    writeRun(path("unfinished"), { iterations: 2, seed: 2, finished: false });
    const runs = [await readRun(path("earlier")), await readRun(path("unfinished"))];
    expect(costOf(groupRuns(runs))).to.deep.equal([]);
    expect(costOf(groupRuns(runs.slice(1)))).to.deep.equal([]);
  });
});
