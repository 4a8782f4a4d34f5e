import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import { RunFolderError } from "../../ts/errors.ts";
import { readRun } from "../../ts/report/read-run.ts";
import { writeRun } from "../fixtures/run/write-run.ts";
import { temporaryFolder } from "../temporary-folder.ts";

describe("readRun", () => {
  const path = temporaryFolder();

  it("reads all that a finished run wrote", async () => {
    const written = writeRun(path("whole"), { seed: 7 });
    const run = await readRun(path("whole"));
    expect(run.config.experiment).to.include({ name: "quickstart", seed: 7 });
    expect(run.iterations).to.deep.equal(written.iterations);
    expect(run.explanations).to.deep.equal(written.explanations);
    expect(run.outcome).to.deep.equal({ kind: "finished", summary: written.summary });
    expect([...run.images.keys()]).to.have.members([...new Set(written.explanations.map(({ image }) => image))]);
  });

  it("takes a run that was killed for what it is, and drops the line that it was writing", async () => {
    writeRun(path("killed"), { finished: false, iterations: 5 });
    const metrics = readFileSync(path("killed", "metrics.jsonl"), "utf8");
    writeFileSync(path("killed", "metrics.jsonl"), metrics.slice(0, -40));
    const run = await readRun(path("killed"));
    expect(run.iterations).to.have.length(4);
    expect(run.explanations).to.deep.equal([]);
    expect(run.outcome).to.have.property("kind", "unfinished");
    expect(run.outcome).to.have.property("reason").that.includes("after iteration 4").and.includes("cut off");
  });

  it("takes a run that has only begun", async () => {
    writeRun(path("begun"), { finished: false });
    rmSync(path("begun", "metrics.jsonl"));
    const run = await readRun(path("begun"));
    expect(run.iterations).to.deep.equal([]);
    expect(run.outcome).to.have.property("reason").that.includes("before the first iteration ended");
  });

  it("keeps a last line that only lacks its line end", async () => {
    writeRun(path("unended"), { iterations: 3 });
    const metrics = readFileSync(path("unended", "metrics.jsonl"), "utf8");
    writeFileSync(path("unended", "metrics.jsonl"), metrics.trimEnd());
    expect((await readRun(path("unended"))).iterations).to.have.length(3);
  });

  it("does without an image that is gone", async () => {
    const { explanations } = writeRun(path("imageless"));
    const gone = explanations[0]?.image ?? "";
    rmSync(path("imageless", gone));
    expect((await readRun(path("imageless"))).images.has(gone)).to.equal(false);
  });

  it("names file and line of what is no JSON, and what stands there", async () => {
    writeRun(path("broken"), { iterations: 2 });
    appendFileSync(path("broken", "metrics.jsonl"), "nonsense\n");
    await expectError(path("broken"), /broken\/metrics\.jsonl line 3: expected JSON, got "nonsense"/);
  });

  it("names file, line and field of what has the wrong shape", async () => {
    const { iterations } = writeRun(path("misshapen"), { iterations: 2 });
    const wrong = { ...iterations[0], seconds: { rollout: "fast" } };
    appendFileSync(path("misshapen", "metrics.jsonl"), `${JSON.stringify(wrong)}\n`);
    await expectError(path("misshapen"), /metrics\.jsonl line 3: seconds\.rollout: .*expected number, received string/);
  });

  it("refuses counts that contradict each other", async () => {
    const { summary } = writeRun(path("contradictory"));
    const stages = summary.stages.map((stage) => ({ ...stage, greedy: { ...stage.greedy, successes: 201 } }));
    writeFileSync(path("contradictory", "summary.json"), JSON.stringify({ ...summary, stages }));
    await expectError(path("contradictory"), /summary\.json: stages\.0\.greedy: has more successes than episodes/);
  });

  it("reads no image from outside the run", async () => {
    const { explanations } = writeRun(path("outside"));
    const escaping = explanations.map((explanation) => ({ ...explanation, image: "images/../../secret.png" }));
    writeFileSync(path("outside", "explanations.json"), JSON.stringify(escaping));
    await expectError(path("outside"), /explanations\.json: 0\.image: must be "images\/<sha256>\.png"/);
  });

  it("says when a folder is no run", async () => {
    mkdirSync(path("empty"));
    await expectError(path("empty"), /empty is not a run folder: expected a config\.json/);
    await expectError(path("nowhere"), /nowhere is not a run folder/);
  });

  async function expectError(directory: string, message: RegExp): Promise<void> {
    const error: unknown = await readRun(directory).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(RunFolderError);
    expect(error).to.have.property("message").that.matches(message);
  }
});
