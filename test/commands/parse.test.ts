import { writeFileSync } from "node:fs";
import { expect } from "chai";
import { CommanderError } from "commander";
import { execa } from "execa";
import { parseCommand } from "../../ts/commands/parse.ts";
import { ConfigError } from "../../ts/errors.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { converse, jsonLines } from "./streams.ts";

describe("coso parse", () => {
  const at = temporaryFolder();

  it("answers each utterance with its action and the characters that decide it, or the reason that there is none", async () => {
    const utterances = ['{"thoughts": "2 < 3", "action": "+"}', "no", '{"ACTION": "- or +"}', '{"action": "up"}'];
    const input = utterances.map((utterance) => JSON.stringify({ utterance })).join("\n");
    const { output, error } = await converse(parseCommand, ["numberline", "--json"], { input });
    expect(error).to.equal(undefined);
    expect(jsonLines(output)).to.deep.equal([
      { kind: "action", action: "+", factors: { action: "+" }, span: [33, 34] },
      { kind: "invalid", reason: "no-action-key" },
      { kind: "invalid", reason: "ambiguous-action" },
      { kind: "invalid", reason: "no-legal-action" },
    ]);
    expect(utterances[0]?.slice(33, 34)).to.equal("+");
  });

  it("answers the other lines beside one that is none, and fails in the end", async () => {
    const input = [
      '{"utterance": "no"}',
      "",
      "not JSON",
      '{"utterance": 3}',
      '{"utterance": "", "x": 1}',
      '{"utterance": ""}',
    ];
    const { output, error } = await converse(parseCommand, ["numberline", "--json"], { input: input.join("\n") });
    const answers = jsonLines(output) as { kind: string; line?: number }[];
    expect(answers.map(({ kind, line }) => [kind, line])).to.deep.equal([
      ["invalid", undefined],
      ["error", 3],
      ["error", 4],
      ["error", 5],
      ["invalid", undefined],
    ]);
    expect(error).to.be.instanceOf(ConfigError).with.property("message").that.contains("line 3, 4, 5");
  });

  it("marks what decides, for people", async () => {
    const { output } = await converse(parseCommand, ["numberline"], { input: '{"action": "+"}\nno\n' });
    expect(output)
      .to.contain('{"action": "»+«"}')
      .and.contain("no-action-key")
      .and.contain('one of "-", "+" at random');
  });

  it("shows the prompt at a terminal", async () => {
    const { output } = await converse(parseCommand, ["numberline", "--settings", '{"prompt": "brief"}'], {
      isTerminal: true,
    });
    expect(output).to.match(/^Move the current number/);
  });

  it("takes single settings by their path, a prompt from a file among them", async () => {
    writeFileSync(at("prompt.txt"), "Go to the target.\n");
    const { output } = await converse(parseCommand, ["numberline", "--set", `prompt.file=${at("prompt.txt")}`], {
      isTerminal: true,
    });
    expect(output).to.match(/^Go to the target\.\n/);
    const missing = await converse(parseCommand, ["numberline", "--set", "prompt.file=none.txt"]);
    expect(missing.error).to.be.instanceOf(ConfigError).with.property("message").that.contains("none.txt");
  });

  it("names what is wrong with the environment", async () => {
    const unknown = await converse(parseCommand, ["numberlines"]);
    expect(unknown.error).to.be.instanceOf(ConfigError).with.property("message").that.contains("numberline");
    const settings = await converse(parseCommand, ["numberline", "--settings", '{"promt": "full"}']);
    expect(settings.error).to.be.instanceOf(ConfigError).with.property("message").that.contains("promt");
    const notJson = await converse(parseCommand, ["numberline", "--settings", "prompt"]);
    expect(notJson.error).to.be.instanceOf(CommanderError).with.property("message").that.contains("--settings");
  });

  it("fails as a process, and answers what it can", async () => {
    const input = `${JSON.stringify({ utterance: '{"action": "-"}' })}\nnot JSON\n`;
    const coso = await execa("node", ["bin/coso.mjs", "parse", "numberline", "--json"], { input, reject: false });
    expect(coso.exitCode).to.equal(1);
    const [action, error] = jsonLines(coso.stdout);
    expect(action).to.deep.equal({ kind: "action", action: "-", factors: { action: "-" }, span: [12, 13] });
    expect(error).to.include({ kind: "error", line: 2 });
    expect(coso.stderr).to.contain("ConfigError: standard input").and.not.contain("    at ");
  });
});
