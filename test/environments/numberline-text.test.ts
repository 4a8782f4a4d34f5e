import { expect } from "chai";
import fc from "fast-check";
import { describeEnvironment } from "../../ts/conformance/describe-environment.ts";
import { numberLine } from "../../ts/environments/numberline/numberline.ts";
import { numberLineText } from "../../ts/environments/numberline/numberline-text.ts";
import { NUMBERLINE_ACTIONS } from "../../ts/environments/numberline/rules.ts";
import { environmentSettings } from "../../ts/environments/registry.ts";
import { ConfigError } from "../../ts/errors.ts";

describeEnvironment({
  id: "numberline/text",
  actions: (_, random) => random.pick(NUMBERLINE_ACTIONS),
});

describe("numberline/text", () => {
  const told = (prompt: unknown) => numberLineText.create(numberLineText.settings.parse({ prompt }));

  it("is the image's game told in words: state, reward and end are the same, and the prompt has the numbers", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(0xffff_ffff),
        fc.array(fc.constantFrom(...NUMBERLINE_ACTIONS), { maxLength: 10 }),
        async (seed, actions) => {
          const [text, image] = [
            told({ text: "{current} to {target}, {current}" }),
            numberLine.create({ prompt: "full" }),
          ];
          let { prompt } = await text.reset({ seed });
          await image.reset({ seed });
          for (const action of actions) {
            const { current, target } = image.state() as { current: number; target: number };
            expect(prompt).to.equal(`${current} to ${target}, ${current}`);
            expect(text.state()).to.deep.equal(image.state());
            const [{ observation, ...ours }, { observation: _, ...theirs }] = [
              await text.step(action),
              await image.step(action),
            ];
            expect(ours).to.deep.equal(theirs);
            expect(observation).to.have.keys(["prompt"]);
            prompt = observation.prompt;
            if (ours.terminated || ours.truncated) break;
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  it("tells both numbers in each wording of its own, and their order where it is asked to", async () => {
    const prompts = ["full", "brief", "compared"];
    const starts = [
      { current: 2, target: 5 },
      { current: 4, target: 1 },
    ];
    for (const prompt of prompts) {
      for (const options of starts) {
        const { prompt: text } = await told(prompt).reset({ seed: 0, options });
        expect(text.match(/\d/g)?.map(Number), prompt).to.deep.equal([options.current, options.target]);
        expect(text, prompt).not.to.match(/\{(?:current|target|relation)\}/);
        const order = prompt === "compared" ? [options.current < options.target ? "below" : "above"] : null;
        expect(text.match(/below|above/g), prompt).to.deep.equal(order);
      }
    }
  });

  it("refuses a wording that leaves a number out", () => {
    const prompt = { text: "Go to {target}." };
    expect(() => environmentSettings(numberLineText, { prompt })).to.throw(ConfigError, "placeholder {current}");
    expect(() => environmentSettings(numberLine, { prompt })).to.throw(ConfigError, "{target}: no such placeholder");
  });
});
