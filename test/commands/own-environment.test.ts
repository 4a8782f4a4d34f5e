import { writeFileSync } from "node:fs";
import { expect } from "chai";
import { playCommand } from "../../ts/commands/play.ts";
import { ConfigError } from "../../ts/errors.ts";
import { writeOwnEnvironment } from "../own-environment.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { converse, jsonLines } from "./streams.ts";

describe("a command about an environment of one's own", () => {
  const at = temporaryFolder();
  before(() => writeFileSync(at("package.json"), '{"type": "module"}'));

  it("takes the file that defines it in place of an id", async () => {
    writeOwnEnvironment(at("played.ts"), "own-played");
    const input = '{"options": {"current": 1, "target": 3}, "actions": ["+", "+"]}';
    const { output, error } = await converse(playCommand, [at("played.ts"), "--json"], { input });
    expect(error).to.equal(undefined);
    expect(jsonLines(output)).to.have.length(1).and.have.nested.property("[0].return", 1);
  });

  it("says what is wrong with a file that defines none", async () => {
    writeFileSync(at("none.ts"), "export const nothing = 1;\n");
    for (const [file, words] of [
      ["none.ts", "defines no environment; expected export const … = defineEnvironment("],
      ["absent.ts", "no such file; name one that defines an environment, or an id"],
    ] as const) {
      const { error } = await converse(playCommand, [at(file)], { input: "" });
      expect(error).to.be.instanceOf(ConfigError).with.property("message").that.contains(words);
    }
  });
});
