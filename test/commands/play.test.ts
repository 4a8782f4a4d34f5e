import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import { decode } from "fast-png";
import { playCommand } from "../../ts/commands/play.ts";
import { numberLineFrame } from "../../ts/environments/numberline/frame.ts";
import { ConfigError } from "../../ts/errors.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { type Conversation, converse, jsonLines } from "./streams.ts";

const SCRIPT = ["numberline", "--script", "-", "--json"];

function playLines(...lines: readonly unknown[]): Promise<Conversation> {
  return converse(playCommand, SCRIPT, { input: lines.map((line) => JSON.stringify(line)).join("\n") });
}

describe("coso play --script", () => {
  const folder = temporaryFolder();

  it("answers each episode with its steps, return and success", async () => {
    const { output, error } = await playLines(
      { options: { current: 1, target: 3 }, seed: 7, actions: ["+", "+"] },
      { options: { current: 1, target: 3 }, actions: ["-", "+", "+", "+"] },
      { options: { current: 0, target: 5 }, actions: ["+"] },
    );
    expect(error).to.equal(undefined);
    const going = { terminated: false, truncated: false };
    expect(jsonLines(output)).to.deep.equal([
      {
        seed: 7,
        options: { current: 1, target: 3 },
        steps: [
          { action: "+", reward: 0, ...going },
          { action: "+", reward: 1, terminated: true, truncated: false },
        ],
        return: 1,
        success: true,
      },
      {
        seed: 0,
        options: { current: 1, target: 3 },
        steps: [
          { action: "-", reward: -1, ...going },
          { action: "+", reward: 0, ...going },
          { action: "+", reward: 0, ...going },
          { action: "+", reward: 1, terminated: true, truncated: false },
        ],
        return: 0,
        success: false,
      },
      {
        seed: 0,
        options: { current: 0, target: 5 },
        steps: [{ action: "+", reward: 0, ...going }],
        return: 0,
        success: null,
      },
    ]);
  });

  it("plays the same episode for the same seed, and not the same for every seed", async () => {
    const seeds = [4, 4, ...Array(20).keys()];
    const { output } = await playLines(...seeds.map((seed) => ({ seed, actions: ["+"] })));
    const rewards = (jsonLines(output) as { steps: { reward: number }[] }[]).map(({ steps }) => steps[0]?.reward);
    expect(rewards[1]).to.equal(rewards[0]);
    expect(new Set(rewards)).to.have.length.above(1);
  });

  it("names the action that failed, keeps what was played before it, and plays the other lines", async () => {
    const options = { current: 1, target: 2 };
    const { output, error } = await playLines(
      { options, actions: ["+", "-"] },
      { options, actions: ["up"] },
      { options: { current: 2, target: 2 }, actions: [] },
      { options, action: ["+"] },
      { options, actions: ["+"] },
    );
    const answers = jsonLines(output) as Record<string, unknown>[];
    expect(answers[0]).to.deep.include({ kind: "error", line: 1, actionIndex: 1, return: 1, success: true });
    expect(answers[0]?.steps).to.deep.equal([{ action: "+", reward: 1, terminated: true, truncated: false }]);
    expect(answers[1]).to.deep.include({ kind: "error", line: 2, actionIndex: 0, steps: [] });
    expect(answers[2]).to.have.keys("kind", "line", "message").and.include({ line: 3 });
    expect(answers[3]).to.have.keys("kind", "line", "message").and.include({ line: 4 });
    expect(answers[4]).to.include({ return: 1, success: true });
    expect(error).to.be.instanceOf(ConfigError).with.property("message").that.contains("line 1, 2, 3, 4");
  });

  it("reads a file, tells people what happened, and saves the frames", async () => {
    const script = folder("episodes.jsonl");
    await writeFile(script, '\n{"options": {"current": 1, "target": 3}, "actions": ["+", "+"]}\n');
    const images = folder("frames");
    const { output } = await converse(playCommand, ["numberline", "--script", script, "--images", images]);
    expect(output).to.contain("terminated after 2 steps, return 1, success");
    expect((await readdir(images)).sort()).to.deep.equal(["line2-step0.png", "line2-step1.png", "line2-step2.png"]);
    const { data } = decode(await readFile(join(images, "line2-step1.png")));
    expect(Buffer.compare(Buffer.from(data.buffer), numberLineFrame({ current: 2, target: 3 }).rgb)).to.equal(0);
  });

  it("reads standard input where that is no terminal", async () => {
    const input = '{"options": {"current": 1, "target": 2}, "actions": ["+"]}\n';
    const named = await converse(playCommand, SCRIPT, { input });
    expect(await converse(playCommand, ["numberline", "--json"], { input })).to.deep.equal(named);
    expect(jsonLines(named.output)).to.have.length(1);
  });

  it("names --script where the file is missing, or --json has none to answer", async () => {
    const missing = await converse(playCommand, ["numberline", "--script", "/no/such/file"]);
    const byHand = await converse(playCommand, ["numberline", "--json"], { isTerminal: true });
    for (const { error, output } of [missing, byHand]) {
      expect(error).to.be.instanceOf(ConfigError).with.property("message").that.contains("--script");
      expect(output).to.equal("");
    }
  });

  it("fails as a process, and answers what it can", async () => {
    const input = '{"options": {"current": 1, "target": 2}, "actions": ["+"]}\n{"actions": "+"}\n';
    const coso = await execa("node", ["bin/coso.mjs", "play", ...SCRIPT], { input, reject: false });
    expect(coso.exitCode).to.equal(1);
    const answers = jsonLines(coso.stdout);
    expect(answers).to.have.length(2);
    expect(answers[0]).to.include({ return: 1, success: true });
    expect(answers[1]).to.include({ kind: "error", line: 2 });
    expect(coso.stderr).to.contain("ConfigError: script: line 2 could not be played").and.not.contain("    at ");
  });
});

describe("coso play at a terminal", () => {
  it("takes actions and utterances, refuses others, and starts the next episode", async () => {
    const input = 'up\n+\n{"thoughts": "on", "action": "+"}\n';
    const { output, error } = await converse(
      playCommand,
      ["numberline", "--seed", "3", "--options", '{"current": 1, "target": 3}'],
      { input, isTerminal: true },
    );
    expect(error).to.equal(undefined);
    const shown = output.split("\n").filter((line) => /^(> )*(Episode|reward|numberline|terminated)/.test(line));
    expect(shown).to.deep.equal([
      "Episode of seed 3",
      '> numberline action: expected one of "-", "+", got "up"; as an utterance: no-action-key',
      "> reward 0",
      "> reward 1",
      "terminated, return 1, success",
      "Episode of seed 4",
    ]);
  });

  it("ends at q", async () => {
    const { output } = await converse(playCommand, ["numberline"], { input: "q\n+\n", isTerminal: true });
    expect(output).to.match(/> $/).and.not.contain("reward");
  });
});
