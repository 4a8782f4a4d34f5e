import { expect } from "chai";
import { spokenIn } from "../../ts/demonstrations/scripted.ts";
import { environmentDefinition } from "../../ts/environments/registry.ts";
import { RandomStream } from "../../ts/random.ts";
import { labelledTexts } from "../../ts/training/scm-pretraining.ts";

describe("labelledTexts", () => {
  it("carries f^parse's own label on every text, and covers every label and invalid ones", async () => {
    const { create, settings, demonstrations } = environmentDefinition("numberline");
    const environment = create(settings.parse({}));
    const quality = demonstrations?.quality.parse({});
    const scripted = await spokenIn(
      demonstrations?.generate(300, new RandomStream(1), settings.parse({}), quality) ?? [],
    );
    const texts = labelledTexts(environment, scripted, "<unk>", new RandomStream(2));
    expect(texts).to.have.length(300);
    for (const [index, { text, parse }] of texts.entries()) {
      const observation = scripted[index]?.observation ?? { prompt: "" };
      expect(parse).to.deep.equal(environment.parse(text, observation));
    }
    const corrupted = texts.filter((_, index) => index % 2 === 1);
    const kinds = corrupted.map(({ parse }) => (parse.kind === "action" ? String(parse.action) : "invalid"));
    for (const kind of ["-", "+", "invalid"]) {
      expect(kinds.filter((each) => each === kind).length, kind).to.be.greaterThan(5);
    }
  });
});
