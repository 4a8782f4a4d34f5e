import { mkdirSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import { findRuns } from "../../ts/report/find-runs.ts";
import { temporaryFolder } from "../temporary-folder.ts";

describe("findRuns", () => {
  const path = temporaryFolder();

  before(() => {
    for (const run of ["sweep/run-10", "sweep/run-9", "sweep/nested/run-1", "sweep/run-9/checkpoints/model"]) {
      mkdirSync(path(run), { recursive: true });
      writeFileSync(path(run, "config.json"), "{}");
    }
    mkdirSync(path("empty/folder"), { recursive: true });
  });

  it("takes a run folder as it is, and looks no deeper", async () => {
    expect(await findRuns([path("sweep/run-9")])).to.deep.equal([path("sweep/run-9")]);
  });

  it("expands a folder of runs, in natural order", async () => {
    const expected = ["sweep/nested/run-1", "sweep/run-9", "sweep/run-10"].map((name) => path(name));
    expect(await findRuns([path("sweep")])).to.deep.equal(expected);
  });

  it("counts a run once that is named twice", async () => {
    expect(await findRuns([path("sweep/run-9"), path("sweep/run-9/"), path("sweep")])).to.have.length(3);
  });

  it("says where no run is", async () => {
    for (const [directory, message] of [
      ["empty", "no run in"],
      ["nowhere", "is not a directory"],
    ] as const) {
      const error: unknown = await findRuns([path(directory)]).then(String, (reason: unknown) => reason);
      expect(error).to.have.property("name", "RunFolderError");
      expect(error).to.have.property("message").that.includes(message);
    }
  });
});
