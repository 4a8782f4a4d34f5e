import { mkdirSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import { execa } from "execa";
import { readJson } from "../run-files.ts";
import { temporaryFolder } from "../temporary-folder.ts";

describe("coso reproduce", function () {
  this.timeout(240_000);
  const path = temporaryFolder();
  // A Python that finds no accelerator, wherever this test runs.
  const coso = (...args: string[]) =>
    execa("node", ["bin/coso.mjs", "reproduce", ...args], { reject: false, env: { CUDA_VISIBLE_DEVICES: "" } });

  it("shows a table of nothing, with the paper's numbers and a reason for every empty cell", async () => {
    const { stdout, exitCode, stderr } = await coso("table-d1", "--no-run", "--out", path("empty"));
    expect(exitCode, stderr).to.equal(0);
    expect(stdout).to.contain("Table D.1").and.contain("7.96B").and.contain("14.5 h");
    expect(stdout).to.match(/\([a-z]\) not run: to be run by npx coso reproduce table-d1 --scale tiny/);
    const { cells } = readJson(path("empty", "tiny", "table-d1", "cells.json"));
    expect(cells).to.have.length(30);
    expect(cells.every(({ reason }: { reason: string | null }) => reason !== null)).to.equal(true);
  });

  it("refuses the paper's scale without a GPU, with what it needs", async () => {
    const { exitCode, stderr } = await coso("table-d1", "--scale", "paper", "--out", path("paper"));
    expect(exitCode).to.equal(1);
    expect(stderr)
      .to.contain("no CUDA device")
      .and.match(/numberline-7b: 9 runs, [\d.]+ GB of memory at the peak, \d+ to \d+ hours/);
  });

  it("wants exactly one of a name and --all, and runs to take over where --from names some", async () => {
    expect((await coso()).stderr).to.contain("expected the name of a table or figure, or --all; got neither");
    expect((await coso("table2", "--all")).stderr).to.contain("got both table2 and --all");
    mkdirSync(path("nothing"));
    writeFileSync(path("nothing", "notes.txt"), "no run");
    const { stderr, exitCode } = await coso("table2", "--no-run", "--from", path("nothing"));
    expect(exitCode).to.equal(1);
    expect(stderr).to.contain("no run in");
  });
});
