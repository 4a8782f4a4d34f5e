import { expect } from "chai";
import { playCommand } from "../../ts/commands/play.ts";
import { ConfigError } from "../../ts/errors.ts";
import { describeWithGames } from "../environments/alfworld/games.ts";
import { converse, jsonLines } from "./streams.ts";

describeWithGames("coso play --policy", (data) => {
  const play = (...args: string[]) =>
    converse(playCommand, ["alfworld/text", "--data", data(), "--set", "bridge=zeromq", ...args]);

  it("has the expert win every episode, a line each", async () => {
    const { output, error } = await play("--policy", "expert", "--episodes", "3", "--seed", "5", "--json");
    expect(error).to.equal(undefined);
    const lines = jsonLines(output) as { seed: number; success: boolean; steps: number; actions: string[] }[];
    expect(lines.map(({ seed, success }) => ({ seed, success }))).to.deep.equal(
      [5, 6, 7].map((seed) => ({ seed, success: true })),
    );
    for (const { steps, actions } of lines) expect(actions).to.have.length(steps);
  }).timeout(60_000);

  it("plays admissible commands at random, the same for the same seed", async () => {
    const args = ["--policy", "random", "--episodes", "2", "--json"];
    const [one, other] = [await play(...args), await play(...args)];
    expect(one.error).to.equal(undefined);
    expect(jsonLines(one.output)).to.have.length(2);
    expect(other.output).to.equal(one.output);
  }).timeout(60_000);

  it("tells people how it went", async () => {
    const { output } = await play("--policy", "expert");
    expect(output).to.match(/^seed 0 \w+: success after \d+ steps, return 5\d/);
    expect(output).to.match(/1 of 1 episodes succeeded\n$/);
  }).timeout(60_000);
});

describe("coso play --policy of another environment", () => {
  it("says which policies it does not have", async () => {
    for (const policy of ["expert", "random"]) {
      const { error } = await converse(playCommand, ["numberline", "--policy", policy]);
      expect(error).to.be.instanceOf(ConfigError);
      expect(String(error)).to.include(`expected another than ${policy}`);
    }
    for (const other of ["--script", "--images"]) {
      const { error } = await converse(playCommand, ["numberline", "--policy", "expert", other, "x"]);
      expect(String(error)).to.include("without --script and --images");
    }
    const { error } = await converse(playCommand, ["numberline", "--data", "x", "--policy", "expert"]);
    expect(String(error)).to.include("data");
  });
});
