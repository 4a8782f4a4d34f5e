import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { expect } from "chai";
import { newCommand } from "../ts/commands/new.ts";
import { importEnvironment } from "../ts/config/import-environment.ts";
import { ConfigError } from "../ts/errors.ts";
import { newEnvironment, writeNewEnvironment } from "../ts/new-environment.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import "../templates/environment/catch.test.ts";

describe("a new environment", () => {
  const path = temporaryFolder();
  before(() => writeFileSync(path("package.json"), '{"type": "module"}'));

  it("works under its own name from wherever it is written", async () => {
    const files = writeNewEnvironment("my-game", path("environments", "my-game"));
    expect(files.map((file) => basename(file))).to.deep.equal([
      "my-game.ts",
      "demonstrations.ts",
      "experiment.ts",
      "game.ts",
      "my-game.test.ts",
    ]);
    const [own = ""] = files;
    const definition = await importEnvironment(own);
    expect(definition.id).to.equal("my-game");
    const environment = definition.create({});
    expect(environment.spec.id).to.equal("my-game");
    const { image } = await environment.reset({ seed: 0 });
    expect(image).to.include({ width: 40, height: 40 });
    const experiment = await import(path("environments", "my-game", "experiment.ts"));
    expect(experiment.default).to.deep.include({ name: "my-game", environment: { id: "my-game", settings: {} } });
  });

  it("imports the package by name where it is installed, each import on one line where it fits", () => {
    const files = newEnvironment("two-words", { coso: "coso", conformance: "coso/conformance" });
    const text = [...files.values()].join("\n");
    expect(text).to.match(/^import \{ defineEnvironment, .*, requireAction \} from "coso";$/m);
    expect(text).to.include('from "coso/conformance"').and.include("export const twoWordsGame = defineEnvironment({");
    expect(text).not.to.match(/catchGame|"catch"|\.\.\/ts/);
  });

  it("is written over nothing, and under no name that could not be its id", () => {
    mkdirSync(path("taken"));
    for (const [name, directory, words] of [
      ["other", "taken", "taken: is there already, and nothing is overwritten"],
      ["My Game", "new", 'expected a name of lower-case letters, digits and dashes, such as my-game, got "My Game"'],
      ["../up", "new", "expected a name of lower-case letters"],
      ["numberline", "new", "numberline is the id of an environment of this package"],
    ] as const) {
      expect(() => writeNewEnvironment(name, path(directory))).to.throw(ConfigError, words);
    }
  });

  it("is followed by what to do next", async () => {
    let printed = "";
    const command = newCommand((text) => {
      printed += text;
    });
    const out = path("environments", "third");
    await command.parseAsync(["environment", "third", "--out", out], { from: "user" });
    expect(printed).to.include(`npx coso play ${out}/third.ts`).and.include(`npx mocha ${out}/third.test.ts`);
    expect(printed).to.include(`npx coso train ${out}/experiment.ts`).and.not.include("type=module");
  });

  it("is what docs/new-environment.md shows, file by file, in under 100 lines", () => {
    const page = readFileSync(new URL("../docs/new-environment.md", import.meta.url), "utf8");
    const blocks = [...page.matchAll(/```ts\n\/\/ environments\/catch\/(\S+)\n(.*?)```/gs)];
    const shown = new Map(blocks.map(([, file = "", code = ""]) => [file, code]));
    const written = newEnvironment("catch", { coso: "coso", conformance: "coso/conformance" });
    expect(Object.fromEntries(shown)).to.deep.equal(Object.fromEntries(written));
    expect([...shown.values()].join("").trimEnd().split("\n").length).to.be.below(100);
  });
});
