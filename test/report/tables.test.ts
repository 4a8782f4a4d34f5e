import { expect } from "chai";
import { cellText } from "../../ts/report/cell.ts";
import { csv, type FlatRow } from "../../ts/report/flat-rows.ts";
import { phaseSeconds, stagesOf, successCells, tableHtml, tableMarkdown } from "../../ts/report/tables.ts";
import { expectWellFormed } from "./well-formed.ts";

const table = {
  caption: "Names & numbers",
  columns: [{ title: "Name" }, { title: "Number", isNumber: true }],
  rows: [["a|b <i>", "1"]],
};

describe("tables", () => {
  it("escape what would break Markdown", () => {
    expect(tableMarkdown(table)).to.include("| Name | Number |\n| :-- | --: |\n| a\\|b <i> | 1 |\n");
  });

  it("have headers for rows and columns in HTML, and escape their text", () => {
    const { markup } = tableHtml(table, [0.25]);
    expectWellFormed(markup);
    expect(markup).to.include('<th scope="col" class="number">Number</th>');
    expect(markup).to.include('<th scope="row">a|b &lt;i&gt;</th>');
    expect(markup).to.include("--share: 0.2500");
  });

  it("tell each kind of episode below the evaluation that it is part of", () => {
    const kind = { kind: "solvable", successes: 3, episodes: 4, rate: 0.75, interval: [0.3, 0.95] as const };
    const all = { successes: 3, episodes: 5, rate: 0.6, interval: [0.23, 0.88] as const };
    const sampled = { ...all, validJson: 1, invalid: 0, meanReturn: 2, byKind: [kind] };
    const { rows } = stagesOf({ stages: [{ stage: "after CoSo", sampled, greedy: null }] });
    expect(rows.map((cells) => cells.map(cellText))).to.deep.equal([
      ["after CoSo", "sampled", "3/5", "60.0 %", "[23.0, 88.0]", "100.0 %", "0.0 %", "2.00"],
      ["after CoSo", "sampled, solvable", "3/4", "75.0 %", "[30.0, 95.0]", "", "", ""],
    ]);
  });

  it("say what was played, where the environment's name does not say it all", () => {
    const all = { successes: 3, episodes: 5, rate: 0.6, interval: [0.23, 0.88] as const };
    const sampled = {
      ...all,
      validJson: 1,
      invalid: 0,
      meanReturn: 2,
      conditions: { data: "synthetic", split: "train" },
    };
    expect(stagesOf({ stages: [{ stage: "after CoSo", sampled, greedy: null }] }).caption).to.equal(
      "Success after each stage, with 95 % Wilson intervals (data synthetic, split train)",
    );
  });

  it("tell beside the episodes that count how many more broke down", () => {
    const evaluation = { successes: 3, episodes: 5, rate: 0.6, interval: [0.23, 0.88] as const };
    expect(successCells({ ...evaluation, faults: 2 }).map(cellText)[0]).to.equal("3/5, 2 more broke down");
    expect(successCells(evaluation).map(cellText)[0]).to.equal("3/5");
  });

  it("quote in CSV what RFC 4180 asks for", () => {
    const row: FlatRow = {
      name: 'a "b", c',
      seed: 1,
      stage: "after SFT",
      decoding: "greedy",
      successes: 1,
      episodes: 2,
      rate: 0.5,
      low: 0.1,
      high: 0.9,
      validJson: 1,
      invalid: 0,
      meanReturn: -0.25,
      faults: 0,
      conditions: '{"data":"synthetic"}',
    };
    expect(csv([row])).to.equal(
      "name,seed,stage,decoding,successes,episodes,rate,low,high,validJson,invalid,meanReturn,faults,conditions\r\n" +
        '"a ""b"", c",1,after SFT,greedy,1,2,0.5,0.1,0.9,1,0,-0.25,0,"{""data"":""synthetic""}"\r\n',
    );
  });

  it("account for every second", () => {
    const phases = phaseSeconds({ seconds: { total: 10, rollout: 6, sft: 0, unheard: 1 } });
    expect(phases).to.deep.equal([
      { phase: "rollouts", seconds: 6, share: 0.6 },
      { phase: "unheard", seconds: 1, share: 0.1 },
      { phase: "everything else", seconds: 3, share: 0.3 },
    ]);
  });
});
