import { expect } from "chai";
import type { SampledRun } from "../../ts/explanation/sample-at-state.ts";
import { type Sample, sampleStatistics } from "../../ts/explanation/sample-statistics.ts";
import { samplingTables } from "../../ts/explanation/sampling-tables.ts";
import { cellText } from "../../ts/report/cell.ts";

const sample = (labels: readonly string[] | null): Sample => ({
  utterance: "",
  outcome:
    labels === null
      ? { kind: "invalid", reason: "no-action-key" }
      : { kind: "action", action: JSON.stringify(labels), labels, span: [0, 1] },
  formatErrors: [],
  logProb: -1,
  entropy: 1,
});

function run(samples: Sample[]): SampledRun {
  const told = { run: "runs/coso", checkpoint: "final", method: "CoSo", environment: "phone/canvas" };
  return { ...told, temperature: 1, seed: 0, statistics: sampleStatistics(samples), samples };
}

describe("samplingTables", () => {
  it("counts utterances by their actions' labels, those without an action together, the commonest first", () => {
    const [back, tap] = [["PRESS_BACK"], ["DUAL_POINT", "3,4"]];
    const [, { rows }] = samplingTables([run([sample(back), sample(tap), sample(null), sample(tap), sample(tap)])]);
    expect(rows.map((cells) => cells.slice(0, 5).map(cellText))).to.deep.equal([
      ["coso", "CoSo", "DUAL_POINT 3,4", "3/5", "60.0 %"],
      ["coso", "CoSo", "PRESS_BACK", "1/5", "20.0 %"],
      ["coso", "CoSo", "no action", "1/5", "20.0 %"],
    ]);
    expect(rows[0]?.map(cellText)[5]).to.equal("[23.1, 88.2]");
  });
});
