import { expect } from "chai";
import { cellText } from "../../ts/report/cell.ts";
import { holdingOf, holdingTable } from "../../ts/report/holding.ts";
import { readRun } from "../../ts/report/read-run.ts";
import type { RunGroup } from "../../ts/report/run-group.ts";
import { writeRun } from "../fixtures/run/write-run.ts";
import { temporaryFolder } from "../temporary-folder.ts";

describe("holdingOf", () => {
  const path = temporaryFolder();

  /** Runs evaluated every 100 steps with these successes. */
  async function group(label: string, ...runs: number[][]): Promise<RunGroup> {
    writeRun(path(label), { iterations: 1 });
    const recorded = await readRun(path(label));
    return {
      label,
      method: "CoSo",
      runs: runs.map((successes) => ({
        ...recorded,
        iterations: successes.map((success, index) => ({
          iteration: index + 1,
          envSteps: 100 * (index + 1),
          metrics: { "evaluation/success": success, "evaluation/valid_json": 1 },
          seconds: {},
        })),
      })),
    };
  }

  it("counts from the first evaluation that meets the goal to three times its steps", async () => {
    const [holding] = holdingOf([await group("held", [0.5, 0.96, 0.92, 0.97, 0.95, 0.94, 0.1])]);
    expect(holding).to.deep.equal({
      label: "held",
      runs: 1,
      reached: 1,
      stepsNeeded: 200,
      meanAfter: (0.92 + 0.97 + 0.95 + 0.94) / 4,
      lowestAfter: 0.92,
      lowestValidJsonAfter: 1,
      held: 1,
      covered: 1,
    });
  });

  it("tells runs that fell, that never got there, and that ended too soon", async () => {
    const [holding] = holdingOf([await group("mixed", [0.97, 0.6, 0.99], [0.5, 0.6, 0.7], [0.5, 0.5, 0.99])]);
    expect(holding).to.include({ runs: 3, reached: 2, stepsNeeded: 200, held: 1, covered: 1, lowestAfter: 0.6 });
  });

  it("says nothing of runs that were not evaluated, nor of what came after a goal never met", async () => {
    const unwatched = await group("unwatched", []);
    expect(holdingOf([unwatched])).to.deep.equal([]);
    const [holding] = holdingOf([await group("never", [0.1, 0.2])]);
    expect(holding).to.include({ reached: 0, stepsNeeded: null, meanAfter: null });
    const { rows } = holdingTable(holding === undefined ? [] : [holding]);
    expect(rows.map((cells) => cells.map(cellText))).to.deep.equal([
      ["never", "0 of 1", "–", "–", "–", "–", "0 of 0", "0 of 0"],
    ]);
  });
});
