import { mkdirSync, writeFileSync } from "node:fs";
import { relative } from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import { spokenIn } from "../../ts/demonstrations/scripted.ts";
import { filledTemplate } from "../../ts/environments/prompt-setting.ts";
import { environmentDefinition, environmentSettings } from "../../ts/environments/registry.ts";
import { ConfigError } from "../../ts/errors.ts";
import { RandomStream } from "../../ts/random.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { PACKAGED, SELF_CONTAINED } from "./self-contained.ts";

const WORDED = PACKAGED.flatMap((id) => {
  const definition = environmentDefinition(id);
  return definition.prompt === undefined ? [] : [{ id, definition, wording: definition.prompt }];
});

describe("the setting `prompt`", () => {
  const at = temporaryFolder();
  const written = (name: string, text: string | Uint8Array): string => {
    mkdirSync(at(), { recursive: true });
    writeFileSync(at(name), text);
    return at(name);
  };
  const settingsOf = (id: string, prompt: unknown) => environmentSettings(environmentDefinition(id), { prompt });
  const refused = (id: string, prompt: unknown, ...words: string[]): void => {
    expect(() => settingsOf(id, prompt))
      .to.throw(ConfigError)
      .with.property("message")
      .that.satisfies((message: string) => words.every((word) => message.includes(word)), `${words}`);
  };

  it("exists in every environment, the first of its wordings being the default", () => {
    expect(WORDED.map(({ id }) => id)).to.deep.equal(PACKAGED);
    for (const { definition, wording } of WORDED) {
      expect(definition.settings.parse({})).to.deep.include({ prompt: wording.names[0] });
    }
  });

  for (const { id, definition, wording } of WORDED.filter(({ id }) => SELF_CONTAINED.includes(id))) {
    const braces = Object.keys(wording.placeholders).map((word) => `{${word}}`);

    it(`of ${id} is read from a file, and then needs it no more`, async () => {
      const text = `Erste Zeile: ü\n${braces.join("¦")} {"thoughts": "{think}", "action": "x"} $& $1`;
      const path = written(`${id.replace("/", "-")}.txt`, `${text}\n`);
      const resolved = settingsOf(id, { file: relative(process.cwd(), path) });
      expect(resolved).to.deep.include({ prompt: { text } });
      expect(environmentSettings(definition, JSON.parse(JSON.stringify(resolved)))).to.deep.equal(resolved);
      const { prompt } = await definition.create(resolved).reset({ seed: 1 });
      const shown = prompt.split("\n")[1]?.split(' {"thoughts')[0] ?? "";
      expect(prompt).to.equal(text.replace(braces.join("¦"), () => shown));
      const values = shown.split("¦");
      for (const [place, word] of Object.keys(wording.placeholders).entries()) {
        expect(values[place]).to.match(wording.placeholders[word] ?? /^$/);
      }
      const [demonstration] = await spokenIn(
        definition.demonstrations?.generate(
          1,
          new RandomStream(1),
          resolved,
          definition.demonstrations.quality.parse({ malformedRate: 0 }),
        ) ?? [],
      );
      expect(demonstration?.observation.prompt).to.match(/^Erste Zeile: ü\n.* \{"thoughts": "\{think\}"/);
    });

    it(`of ${id} by name and as text are the same`, async () => {
      for (const name of wording.names) {
        const text = wording.template(settingsOf(id, name));
        const [named, given] = await Promise.all(
          [name, { text }].map((prompt) => definition.create(settingsOf(id, prompt)).reset({ seed: 3 })),
        );
        expect(given?.prompt).to.equal(named?.prompt);
      }
    });
  }

  it("shows the present formula at its placeholder, as often as that stands there", async () => {
    const text = 'Now "{formula}", I repeat: {formula}.';
    const environment = environmentDefinition("points24").create(settingsOf("points24", { text }));
    await environment.reset({
      seed: 0,
      options: { cards: ["H1", "H2", "H3", "H4"].map((name) => name.replace("1", "A")) },
    });
    await environment.step("(");
    const { observation } = await environment.step("1");
    expect(observation.prompt).to.equal('Now "(1", I repeat: (1.');
  });

  it("says what is wrong with a file", () => {
    refused("numberline", { file: at("no-such-file.txt") }, "prompt", "no-such-file.txt", "relative to");
    refused("numberline", { file: at() }, "prompt", "can be read");
    refused("numberline", { file: written("empty.txt", "\n") }, "prompt", "empty");
    refused("numberline", { file: written("latin1.txt", Uint8Array.of(0xfc, 0x62)) }, "UTF-8");
    refused("numberline", { file: written("image.txt", "<image>\nMove.") }, "<image>", "take it out");
  });

  it("says what forms there are for anything else", () => {
    for (const prompt of ["breif", 3, null, [], {}, { text: "a", file: "b" }, { text: 3 }]) {
      refused("numberline", prompt, '"full", "brief", { file:');
    }
  });

  it("refuses a template without its placeholder, or with another, and leaves other braces alone", () => {
    refused("ezpoints", { text: "Make 12." }, "{formula}", "put it where");
    refused("ezpoints", { text: "Make 12: {Formula}" }, "{formula}", "instead of {Formula}");
    refused("ezpoints", { text: "{formula} and {current_formula}" }, "{current_formula}: no such placeholder");
    refused("blackjack", { text: "Cards, {formula}?" }, "{formula}: no such placeholder; known here: none");
    const json = '{"current formula": "{the formula so far}", "action": {number}} {formula}';
    expect(settingsOf("ezpoints", { text: json })).to.deep.equal({ prompt: { text: json } });
  });
});

describe("filledTemplate", () => {
  it("puts any text at the placeholder, as it is", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (before, value, after) => {
        fc.pre(!`${before}${after}`.includes("{formula}"));
        expect(filledTemplate(`${before}{formula}${after}`, { formula: value })).to.equal(before + value + after);
      }),
    );
  });
});
