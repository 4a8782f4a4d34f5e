import { expect } from "chai";
import { RandomStreams } from "../../ts/random.ts";
import { tableText } from "../../ts/report/terminal.ts";
import { type Cell, cellOf } from "../../ts/reproduction/cell.ts";
import type { Collected } from "../../ts/reproduction/collect.ts";
import { terminalLayout } from "../../ts/reproduction/layout.ts";
import { Reasons } from "../../ts/reproduction/notes.ts";
import { smallReproduction } from "./small-reproduction.ts";

const draws = { name: "test", streams: new RandomStreams(0) };
const measured = (rates: number[], isBest: boolean, wanted = rates.length): Cell => ({
  ...cellOf(
    rates.map((value, seed) => ({ seed, value, episodes: 20, run: "run" })),
    wanted,
    draws,
  ),
  isBest,
});

describe("a reproduction on a terminal", () => {
  const collected: Collected = {
    reproduction: smallReproduction(),
    scale: "tiny",
    cells: new Map<string, Cell>([
      ["Prompted\nNL", { state: "not run", reason: "needs a key" }],
      ["SFT\nNL", measured([0.5], false, 3)],
      ["RL\nNL", { state: "not run", reason: "needs a key" }],
      ["CoSo\nNL", measured([1, 1, 1], true)],
    ]),
    differences: [],
    revisions: ["abc", null],
    pages: [],
    curves: new Map(),
  };

  it("has the mean, what it is over and the paper's number below one another", () => {
    const { tables } = terminalLayout(collected);
    expect(
      tables
        .map(tableText)
        .join("\n")
        .replaceAll("\u00a0", " ")
        .split("\n")
        .map((line) => line.trimEnd()),
    ).to.deep.equal([
      "A small table",
      "  Method                           NL   Avg.",
      "  environment               synthetic",
      "  Prompted                      – (a)  – (b)",
      "    paper                        82.5   82.5",
      "  SFT               50.0 [29.9, 70.1]  – (b)",
      "    after SFT    1 of 3 seeds, 20 ep.",
      "    paper                        24.8   24.8",
      "  RL                            – (a)  – (b)",
      "    paper                  88.4 ± 1.5   88.4",
      "  CoSo         100.0 [100.0, 100.0] *  – (b)",
      "    runs              3 seeds, 60 ep.",
      "    paper                       100.0  100.0",
    ]);
  });

  it("says what played, in which environment, what a mark means and why a cell is empty, each once", () => {
    const { caption, notes } = terminalLayout(collected);
    expect(caption).to.equal("Scale tiny: no model at all. Paper: nowhere.");
    expect(notes[0]).to.equal("Environment, synthetic: NumberLine.");
    expect(notes[2]).to.match(
      /^\*: better than every other method .* over at least 3 shared seeds, with 0 below both 95 % intervals/,
    );
    expect(notes.slice(3)).to.deep.equal([
      "A note.",
      "(a) not run: needs a key",
      "(b) not run: not declared",
      "Code of the runs: abc, outside a checkout.",
    ]);
  });

  it("has letters for more reasons than the alphabet has", () => {
    const reasons = new Reasons();
    const letters = Array.from({ length: 53 }, (_, place) => reasons.letterOf(`reason ${place}`));
    expect([letters[0], letters[25], letters[26], letters[52]]).to.deep.equal(["a", "z", "a2", "a3"]);
    expect(reasons.letterOf("reason 0")).to.equal("a");
  });
});
