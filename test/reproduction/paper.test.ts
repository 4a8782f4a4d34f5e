import { expect } from "chai";
import { PAPER, type PaperNumber, paperNumber } from "../../ts/reproduction/paper.ts";
import { REPRODUCTIONS } from "../../ts/reproduction/registry.ts";
import type { Reproduction } from "../../ts/reproduction/reproduction.ts";

/** Half of the last digit that is printed, of the average and of what it is over. */
const ROUNDING = 0.1 + 1e-9;

function meanOf(printed: PaperNumber): number {
  const value = typeof printed === "number" ? printed : Array.isArray(printed) ? printed[0] : Number.NaN;
  return Number(value);
}

/** Of each row, its printed average and what that is over. */
function averages({ paper, rows, columns }: Reproduction) {
  return columns.flatMap(({ id, average }) =>
    average === undefined
      ? []
      : rows.map(({ id: row }) => ({
          row,
          weights: average.weights,
          printed: meanOf(paperNumber(paper, row, id)),
          parts: average.of.map((column) => meanOf(paperNumber(paper, row, column))),
        })),
  );
}

describe("the paper's numbers", () => {
  it("have a number for every row and column that is declared, and no other", () => {
    for (const { id, paper, rows, columns } of REPRODUCTIONS) {
      expect(paper, id).to.equal(PAPER[id]);
      expect(Object.keys(paper.rows), id).to.deep.equal(rows.map((row) => row.id));
      expect(paper.columns, id).to.deep.equal(columns.map((column) => column.id));
      for (const [row, numbers] of Object.entries(paper.rows)) {
        expect(numbers, `${id} ${row}`).to.have.length(columns.length);
      }
    }
  });

  it("give Table 1's and Gym Cards' averages as the mean of their columns, within rounding", () => {
    const equal = REPRODUCTIONS.flatMap(averages).filter(({ weights }) => weights === "equal");
    expect(equal).to.have.length(9 + 7);
    for (const { row, printed, parts } of equal) {
      const mean = parts.reduce((sum, part) => sum + part, 0) / parts.length;
      expect(mean, row).to.be.closeTo(printed, ROUNDING);
    }
  });

  it("give ALFWorld's averages as a weighted mean that their columns can have", () => {
    const weighted = REPRODUCTIONS.flatMap(averages).filter(({ weights }) => weights === "episodes");
    expect(weighted).to.have.length(7 + 2);
    for (const { row, printed, parts } of weighted) {
      expect(printed, row).to.be.within(Math.min(...parts) - ROUNDING, Math.max(...parts) + ROUNDING);
    }
  });

  it("have ALFWorld weights that cannot have been the same in all rows of Table 2", () => {
    // With common weights, a sum of rows has as its average a weighted mean of its columns. This one's lies above them all.
    const { rows } = PAPER.table2;
    const sum: [number, readonly number[]][] = [
      [-1, rows["Gemini-1.5 Pro"]],
      [-10, rows["GPT-4V"]],
      [8, rows["LLaVA-1.6"]],
      [-2, rows["LLaVA-1.6 + SFT"]],
      [9, rows.CoSo],
    ];
    const column = (place: number): number => sum.reduce((total, [times, row]) => total + times * (row[place] ?? 0), 0);
    const roundings = sum.reduce((total, [times]) => total + Math.abs(times) * 0.05, 0);
    const highest = Math.max(...[5, 6, 7, 8, 9, 10].map(column));
    expect(column(11) - roundings).to.be.greaterThan(highest + roundings);
  });

  it("add up in Table D.1", () => {
    for (const [row, numbers] of Object.entries(PAPER["table-d1"].rows)) {
      const [vlm, scm, total, memoryVlm, memoryScm, memory, rollout, update, causal, time] = numbers.map(
        (each) => each ?? 0,
      );
      expect((vlm ?? 0) + (scm ?? 0), row).to.be.closeTo(total ?? 0, 0.005);
      expect((memoryVlm ?? 0) + (memoryScm ?? 0), row).to.be.closeTo(memory ?? 0, 0.05);
      expect((rollout ?? 0) + (update ?? 0) + (causal ?? 0), row).to.be.closeTo(time ?? 0, 0.05);
    }
  });

  it("give the improvements that the text claims", () => {
    const gain = (after: number, before: number) => 100 * (after / before - 1);
    const { table1, table2 } = PAPER;
    expect(gain(table1.rows.CoSo[4], table1.rows.DigiRL[4])).to.be.closeTo(12.3, 0.1);
    expect(gain(table2.rows.CoSo[4], table2.rows.RL4VLM[4])).to.be.closeTo(9.3, 0.1);
    expect(gain(table2.rows.CoSo[11], table2.rows.RL4VLM[11])).to.be.closeTo(16.7, 0.1);
  });
});
