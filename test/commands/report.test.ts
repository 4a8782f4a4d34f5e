import { existsSync } from "node:fs";
import { expect } from "chai";
import { reportCommand } from "../../ts/commands/report.ts";
import { RunFolderError } from "../../ts/errors.ts";
import { writeRun } from "../fixtures/run/write-run.ts";
import { temporaryFolder } from "../temporary-folder.ts";

describe("coso report", () => {
  const path = temporaryFolder();

  before(() => {
    writeRun(path("one"), { iterations: 3 });
    for (const seed of [1, 2]) writeRun(path("sweep", `seed-${seed}`), { seed, iterations: 3 });
  });

  async function report(...args: string[]): Promise<string> {
    let output = "";
    const command = reportCommand().exitOverride();
    command.configureOutput({
      writeOut: (text) => {
        output += text;
      },
    });
    await command.parseAsync(args, { from: "user" });
    return output;
  }

  it("writes beside a run, prints its tables, and says where the page is", async () => {
    const output = await report(path("one"));
    expect(output)
      .to.include("Success after each stage")
      .and.to.match(/\nreport: .*one\/report\/index\.html\n$/);
    expect(existsSync(path("one", "report", "index.html"))).to.equal(true);
  });

  it("expands a folder of runs and prints nothing but JSON with --json", async () => {
    const written = JSON.parse(await report(path("sweep"), "--out", path("out"), "--json"));
    expect(written).to.deep.include({ page: path("out", "index.html"), unfinished: [] });
    expect(written.figures).to.include(path("out", "figures", "learning-curve.svg"));
    expect(written).not.to.have.property("text");
  });

  it("refuses a folder without a run", async () => {
    const error: unknown = await report(path("nowhere")).then(String, (reason: unknown) => reason);
    expect(error).to.be.instanceOf(RunFolderError);
  });

  it("explains itself", () => {
    expect(reportCommand().helpInformation()).to.include("--out <dir>").and.to.include("--json");
  });
});
