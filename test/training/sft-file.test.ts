import { readFileSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import { defineExperiment, type Experiment } from "../../ts/config.ts";
import { SFT_PURPOSE, scriptedDemonstrations } from "../../ts/demonstrations/scripted.ts";
import { writeConversations } from "../../ts/demonstrations/write-conversations.ts";
import { environmentDefinition } from "../../ts/environments/registry.ts";
import { ConfigError, RunFolderError } from "../../ts/errors.ts";
import type { Progress } from "../../ts/progress.ts";
import { train } from "../../ts/train.ts";
import { numberLineWorker, starting } from "../numberline-worker.ts";
import { failure, readJson } from "../run-files.ts";
import { smallExperiment } from "../small-experiment.ts";
import { temporaryFolder } from "../temporary-folder.ts";

describe("SFT on a file", () => {
  const at = temporaryFolder();
  /** The small experiment's own demonstrations, as a file. */
  const written = async (name: string): Promise<string> => {
    const { environment, seed } = smallExperiment();
    const definition = environmentDefinition("numberline");
    const quality = definition.demonstrations?.quality.parse({});
    const chosen = { count: 70, seed, purpose: SFT_PURPOSE, settings: environment.settings, quality };
    const options = { name: "numberline", overwrite: true };
    return (await writeConversations(scriptedDemonstrations(definition, chosen), at(name), options)).file;
  };
  const withFile = (file: string, more: object = {}): Experiment =>
    smallExperiment({ iterations: 1, sft: { demonstrations: { file, ...more }, steps: 2, learningRate: 1e-3 } });
  const run = async (name: string, experiment: Experiment) => {
    const said: string[] = [];
    const progress: Progress = { begin() {}, update() {}, phase() {}, say: (line) => said.push(line), end() {} };
    const worker = numberLineWorker();
    await train(experiment, { directory: at(name), startWorker: starting(worker), progress });
    return { worker, said };
  };
  const rowsOf = (file: string): { image: string; conversations: { value: string }[] }[] =>
    JSON.parse(readFileSync(file, "utf8"));

  it("learns from the same rows, in the same messages, as from the demonstrator who wrote it", async () => {
    const scripted = await run("scripted", smallExperiment({ iterations: 1 }));
    const filed = await run("filed", withFile(await written("data")));
    expect(filed.worker.paramsOf("addDemonstrations")).to.deep.equal(scripted.worker.paramsOf("addDemonstrations"));
    const policies = [scripted, filed].map(({ worker }) => worker.paramsOf("build")[0]?.policy);
    expect(policies[1]).to.have.deep.property("corpus", Reflect.get(policies[0] ?? {}, "corpus"));
    const { examples } = filed.worker.paramsOf("fitScm")[0] ?? {};
    const utterances = new Set(rowsOf(at("data", "data.json")).map(({ conversations }) => conversations[1]?.value));
    if (examples?.kind !== "texts") throw new Error("φ was not pre-trained on texts");
    expect(examples.texts.filter((_, index) => index % 2 === 0).every((text) => utterances.has(text))).to.equal(true);
  });

  it("learns from nothing while a row is bad, unless that is to be skipped", async () => {
    const file = await written("bad");
    const rows = rowsOf(file);
    rows[6]?.conversations.pop();
    if (rows[11] !== undefined) rows[11].image = "images/gone.png";
    writeFileSync(file, JSON.stringify(rows));
    const error = await failure(run("refused", withFile(file)));
    expect(error).to.be.instanceOf(ConfigError);
    expect(error).to.have.property("message").that.contains("2 of 70 rows").and.contains("skipBadRows");
    expect(error)
      .to.have.property("message")
      .that.matches(/row 7 .*missing.*"gpt"\n.*row 12 .*gone\.png: no such file/);
    const { worker, said } = await run("skipped", withFile(file, { skipBadRows: true }));
    const sent = worker.paramsOf("addDemonstrations").flatMap(({ utterances }) => utterances);
    expect(sent).to.deep.equal(
      rows.filter((_, index) => index !== 6 && index !== 11).map(({ conversations }) => conversations[1]?.value),
    );
    expect(said.join("\n")).to.contain("row 7").and.contain("they are left out");
  });

  it("takes the first rows alone where a count says so, and rows without an image beside others", async () => {
    const file = await written("mixed");
    const rows = rowsOf(file);
    const [first] = rows;
    if (first !== undefined) {
      Reflect.deleteProperty(first, "image");
      first.conversations[0] = { from: "human", value: "text alone" } as { value: string };
    }
    rows[3]?.conversations.splice(1, 1, { from: "gpt", value: "no action" } as { value: string });
    writeFileSync(file, JSON.stringify(rows));
    const { worker, said } = await run("counted", withFile(file, { count: 5 }));
    expect(said.join("\n")).to.contain("f^parse reads no action from 1 of 5 utterances (20.0 %): row 4");
    const batches = worker.paramsOf("addDemonstrations").map(({ observations }) => observations);
    expect(batches.map(({ prompts, images }) => [prompts.length, images === null])).to.deep.equal([
      [1, true],
      [4, false],
    ]);
    const error = await failure(run("too-many", withFile(file, { count: 71 })));
    expect(error).to.have.property("message").that.contains("expected at most 70");
  });

  it("goes on only with the data that the run was begun with", async () => {
    const file = await written("changed");
    const experiment = withFile(file);
    await run("changed-run", experiment);
    const config = readJson(at("changed-run", "config.json")) as { experiment: Experiment };
    expect(defineExperiment(config.experiment)).to.deep.equal(experiment);
    writeFileSync(file, JSON.stringify(rowsOf(file).reverse()));
    const error = await failure(
      train(withFile(file), { directory: at("changed-run"), resume: true, startWorker: starting(numberLineWorker()) }),
    );
    expect(error).to.be.instanceOf(RunFolderError).with.property("message").that.contains("sha256");
    expect(await failure(run("stale", experiment)))
      .to.have.property("message")
      .that.contains("has changed");
  });

  it("is checked as settings are", () => {
    const refused = (demonstrations: object, ...words: string[]): void => {
      const sft = { demonstrations, steps: 2, learningRate: 1e-3 } as NonNullable<
        Parameters<typeof smallExperiment>[0]
      >["sft"];
      expect(() => smallExperiment({ sft }))
        .to.throw(ConfigError)
        .with.property("message")
        .that.satisfies((message: string) => words.every((word) => message.includes(word)), `${words}`);
    };
    refused({ file: at("no-such-file.json") }, "sft.demonstrations.file", "no-such-file.json");
    refused({ file: "a", skipBadRow: true }, "sft.demonstrations.skipBadRow: no such setting", "`skipBadRows`");
    refused({ cuont: 3 }, "sft.demonstrations.count: missing", "sft.demonstrations.cuont: no such setting");
    refused({ file: 3 }, "sft.demonstrations.file: expected string, received 3");
    refused({ count: 0 }, "sft.demonstrations.count: expected at least 1");
  });
});
