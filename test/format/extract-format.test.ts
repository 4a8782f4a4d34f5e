import { readFileSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import { formatCommand } from "../../ts/commands/format.ts";
import { SFT_PURPOSE, scriptedDemonstrations, spokenIn } from "../../ts/demonstrations/scripted.ts";
import { writeConversations } from "../../ts/demonstrations/write-conversations.ts";
import { environmentDefinition, environmentSettings } from "../../ts/environments/registry.ts";
import { ConfigError } from "../../ts/errors.ts";
import { extractFormat } from "../../ts/format/extract-format.ts";
import { promptTemplates, slotTexts } from "../../ts/format/prompt-templates.ts";
import { SELF_CONTAINED } from "../environments/self-contained.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const at = temporaryFolder();

/** A file as `coso demonstrations` writes it. */
async function dataOf(id: string, prompt: unknown, name: string, count = 120): Promise<string> {
  const definition = environmentDefinition(id);
  const settings = environmentSettings(definition, { prompt });
  const quality = definition.demonstrations?.quality.parse({});
  const chosen = { count, seed: 0, purpose: SFT_PURPOSE, settings, quality };
  // Without images, which the format does not look at, this takes a moment.
  const texts = await spokenIn(scriptedDemonstrations(definition, chosen));
  return (await writeConversations(texts, at(name), { name: id, overwrite: true })).file;
}

function formatOf(file: string, id: string) {
  const definition = environmentDefinition(id);
  return extractFormat(file, definition, environmentSettings(definition, {}));
}

/** A history of actions has constant text of its own, which no rows tell from the template's. */
const WITHOUT_HISTORY = SELF_CONTAINED.filter(
  (id) => !("history" in (environmentDefinition(id).prompt?.placeholders ?? {})),
);

describe("coso format", () => {
  it("says of another wording with a history in it that it varies, and writes no template", async () => {
    const file = await dataOf("phone/canvas", { text: "So far: {history}Now: {task}" }, "phone", 200);
    const { prompts } = await formatOf(file, "phone/canvas");
    expect(new Set(prompts.map(({ kind }) => kind))).to.deep.equal(new Set(["varies"]));
  });

  for (const id of WITHOUT_HISTORY) {
    it(`gives the very prompt back that data of ${id} was written with`, async () => {
      const [word, ...more] = Object.keys(environmentDefinition(id).prompt?.placeholders ?? {});
      // Which of several stands where is told by their order alone, so that only a single one can stand twice.
      const repeated = word === undefined || more.length > 0 ? "" : `, again {${word}}`;
      const told =
        word === undefined ? "" : `Now: ${[word, ...more].map((each) => `[{${each}}]`).join(" ")}${repeated}.\n`;
      const text = `Play well!\n${told}Answer {"thoughts": "{think}", "action": "x"} in JSON, 1 or 24.\n`;
      const file = await dataOf(id, { text }, `custom-${id}`, 300);
      const printed: string[] = [];
      const command = formatCommand((line) => printed.push(line));
      await command.parseAsync([file, "--env", id, "--write-prompt", at("prompt.txt")], { from: "user" });
      expect(readFileSync(at("prompt.txt"), "utf8")).to.equal(`${text}\n`);
      const definition = environmentDefinition(id);
      expect(environmentSettings(definition, { prompt: { file: at("prompt.txt") } })).to.deep.equal({
        prompt: { text },
      });
      expect(printed.join("\n")).to.match(/prompt {3}differs .*another wording/);
      expect(printed.join("\n").includes("look alike")).to.equal(more.length > 0);
    });
  }

  for (const id of SELF_CONTAINED) {
    it(`finds ${id}'s own data to be as ours`, async () => {
      const names = environmentDefinition(id).prompt?.names.slice(0, 2) ?? [];
      for (const [place, name] of names.entries()) {
        const { prompts, comparison, utterances } = await formatOf(await dataOf(id, name, `own-${id}`, 300), id);
        expect(prompts).to.have.length(1);
        const verdicts = comparison.flatMap(({ point, verdict }) => (point === "actions" ? [] : [verdict]));
        expect(new Set(verdicts)).to.deep.equal(new Set(["same"]));
        const mend = comparison.find(({ point }) => point === "prompt")?.mend;
        expect(mend).to.equal(place === 0 ? null : `environment.settings.prompt: ${JSON.stringify(name)}`);
        expect(utterances.parsed).to.be.within(0.9, 1);
      }
    });
  }

  it("tells other keys, and actions that no row shows, with shares", async () => {
    const utterances = ['{"thought": "a", "action": "+"}', '{"thought": "b", "action": "+"}', "{", '{"action": "+"}'];
    const rows = utterances.map((value) => ({
      conversations: [
        { from: "human", value: "Move." },
        { from: "gpt", value },
      ],
    }));
    writeFileSync(at("keys.json"), JSON.stringify(rows));
    const { utterances: found, comparison } = await formatOf(at("keys.json"), "numberline");
    expect(found).to.include({ utterances: 4, validJson: 0.75, parsed: 0.75 });
    expect(found.keyOrders).to.deep.equal([
      { keys: ["thought", "action"], share: 2 / 3 },
      { keys: ["action"], share: 1 / 3 },
    ]);
    expect(found.actions).to.deep.equal([{ action: "+", share: 1 }]);
    expect(found.unseenLabels).to.deep.equal({ action: ["-"] });
    expect(found.invalidReasons).to.deep.equal([{ reason: "no-action-key", share: 0.25 }]);
    expect(comparison.filter(({ verdict }) => verdict === "differs").map(({ point }) => point)).to.deep.equal([
      "prompt",
      "keys",
      "JSON",
      "actions",
    ]);
  });

  it("says which environment the data is of when it is another's", async () => {
    const { comparison } = await formatOf(await dataOf("points24", "full", "wrong"), "blackjack");
    const parse = comparison.find(({ point }) => point === "f^parse");
    expect(parse?.verdict).to.equal("differs");
    expect(parse?.mend).to.contain("points24");
  });

  it("lists rows that it cannot read, fails in the end, and does not write what is no template", async () => {
    const rows = JSON.parse(readFileSync(await dataOf("points24", "brief", "bad"), "utf8"));
    rows[6].conversations.pop();
    writeFileSync(at("bad.json"), JSON.stringify(rows));
    const run = (...args: string[]) =>
      formatCommand(() => undefined)
        .parseAsync([at("bad.json"), ...args], { from: "user" })
        .then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
    const listed = await run("--env", "points24", "--json");
    expect(listed)
      .to.be.instanceOf(ConfigError)
      .with.property("message")
      .that.contains("1 of 120 rows")
      .and.contains("row 7");
    const unwritable = await run("--env", "numberline", "--write-prompt", at("none.txt"));
    expect(unwritable).to.be.instanceOf(ConfigError).with.property("message").that.contains("no template");
  });
});

describe("promptTemplates", () => {
  it("keeps wordings that have little in common apart, the commonest first", () => {
    const prompts = ["Say which card is best now.", "Stand or hit?", "Stand or hit?"];
    const found = promptTemplates(prompts);
    expect(found.map(({ pieces, rows }) => [pieces, rows])).to.deep.equal([
      [["Stand or hit?"], 2],
      [["Say which card is best now."], 1],
    ]);
  });

  it("covers every prompt that it was made of, and says what stood in its slots", () => {
    const prompts = ["", "1", "1+2", "(3*4)"].map(
      (formula) => `The formula is "${formula}" (${formula}) so far, go on.`,
    );
    const [template, ...others] = promptTemplates(prompts);
    expect(others).to.deep.equal([]);
    expect(template?.rows).to.equal(4);
    for (const prompt of prompts) expect(slotTexts(template?.pieces ?? [], prompt)).not.to.equal(null);
    expect(template?.pieces[0]).to.equal('The formula is "');
    expect([...(template?.slots[0]?.values.keys() ?? [])]).to.have.members(["", "1", "1+2", "(3*4)"]);
  });
});
