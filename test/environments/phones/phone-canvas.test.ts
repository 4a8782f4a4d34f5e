import { expect } from "chai";
import { describeEnvironment } from "../../../ts/conformance/describe-environment.ts";
import { scriptedDemonstrations, spokenIn } from "../../../ts/demonstrations/scripted.ts";
import { phoneCanvas } from "../../../ts/environments/phones/phone-canvas.ts";
import { environmentDefinition } from "../../../ts/environments/registry.ts";
import type { PhoneAction } from "../../../ts/parsing/phone-action.ts";
import type { RandomStream } from "../../../ts/random.ts";
import { imageName } from "../../../ts/runs/image-store.ts";

const someAction = (random: RandomStream): PhoneAction => {
  const point = { x: random.float(), y: random.float() };
  return random.pick<PhoneAction>([
    { type: "DUAL_POINT", touch: point, lift: point },
    { type: "DUAL_POINT", touch: { x: 0.5, y: 0.8 }, lift: { x: 0.5, y: 0.2 } },
    { type: "TYPE", text: "red lamp" },
    { type: "PRESS_BACK" },
    { type: "PRESS_ENTER" },
    { type: "IDLE" },
  ]);
};

describeEnvironment<PhoneAction>({ id: "phone/canvas", actions: (_, random) => someAction(random) });

describe("phone/canvas", () => {
  const settings = (chosen: object = {}) => phoneCanvas.settings.parse(chosen);

  it("gives the same screenshots and rewards in 20 of 20 runs of the same seed", async () => {
    const played = async () => {
      const phone = phoneCanvas.create(settings({ tasks: "webshopping" }));
      const first = await phone.reset({ seed: 4 });
      const told: unknown[] = [first.prompt, first.image && imageName(first.image)];
      for (let isOver = false; !isOver; ) {
        const result = await phone.step((await phone.expert?.()) ?? { type: "IDLE" });
        told.push(result.observation.image && imageName(result.observation.image), result.reward, result.success);
        isOver = result.terminated || result.truncated;
      }
      return told;
    };
    const first = await played();
    expect(first.at(-1)).to.equal(true);
    for (let time = 1; time < 20; time++) expect(await played()).to.deep.equal(first);
  });

  for (const tasks of ["general", "webshopping"] as const) {
    for (const split of ["train", "test"] as const) {
      it(`is played to success by its expert within the horizon, ${tasks}, ${split}`, async () => {
        const phone = phoneCanvas.create(settings({ tasks, split }));
        for (let seed = 0; seed < 96; seed++) {
          const { prompt } = await phone.reset({ seed });
          let last: boolean | undefined;
          for (let isOver = false; !isOver; ) {
            const { terminated, truncated, success } = await phone.step((await phone.expert?.()) ?? { type: "IDLE" });
            isOver = terminated || truncated;
            last = success;
          }
          expect(last, prompt).to.equal(true);
        }
      }).timeout(60_000);
    }
  }

  it("asks for tasks of the kinds that were chosen, and refuses kinds that the style has not", async () => {
    const phone = phoneCanvas.create(settings({ kinds: ["open app"] }));
    for (let seed = 0; seed < 20; seed++)
      expect((await phone.reset({ seed })).prompt).to.match(/Goal: (Open|Launch|Start|Go to)/);
    expect(phoneCanvas.settings.safeParse({ kinds: ["add to cart"] }).success).to.equal(false);
    expect(phoneCanvas.settings.safeParse({ tasks: "webshopping", kinds: ["add to cart"] }).success).to.equal(true);
  });

  it("says whose tasks they are", async () => {
    const conditions = (chosen: object) => phoneCanvas.create(settings(chosen)).conditions?.();
    expect(await conditions({ split: "test" })).to.deep.equal({ tasks: "general", split: "test" });
    expect(await conditions({ split: "test", overlap: true })).to.include({ split: "test, from training" });
    expect(await conditions({ kinds: ["call", "open app"] })).to.include({ tasks: "general: call, open app" });
  });

  describe("its demonstrations", () => {
    const shown = (count: number, quality: object = {}, chosen: object = {}) =>
      spokenIn(
        scriptedDemonstrations(environmentDefinition("phone/canvas"), {
          count,
          seed: 1,
          purpose: "test",
          settings: settings(chosen),
          quality: phoneCanvas.demonstrations?.quality.parse(quality),
        }),
      );
    const parser = phoneCanvas.create(settings());
    const actionsIn = (demonstrations: Awaited<ReturnType<typeof shown>>) =>
      demonstrations.map(({ utterance, observation }) => parser.parse(utterance, observation));

    it("are AutoUI's utterances, whose plan begins with what they decide", async () => {
      const demonstrations = await shown(200, { wanderRate: 0, malformedRate: 0 });
      for (const [place, parse] of actionsIn(demonstrations).entries()) {
        expect(parse.kind).to.equal("action");
        if (parse.kind === "action") expect(demonstrations[place]?.utterance).to.include(`[${parse.action.type}`);
      }
      expect(demonstrations[0]?.utterance).to.match(
        /^Action Plan: \[[A-Z_,]+\] ; Action Decision: "action_type": "[A-Z_]+", "touch_point": "\[.*\]", "lift_point": "\[.*\]", "typed_text": ".*"$/,
      );
    });

    it("need more steps of one who wanders, and break the form as often as asked", async () => {
      const starts = (demonstrations: Awaited<ReturnType<typeof shown>>) =>
        demonstrations.filter(({ observation }) => observation.prompt.startsWith("Previous Actions: Goal:")).length;
      const straight = starts(await shown(300, { wanderRate: 0 }));
      expect(starts(await shown(300, { wanderRate: 0.5 }))).to.be.within(1, straight - 10);
      const broken = actionsIn(await shown(300, { malformedRate: 0.5 })).filter(({ kind }) => kind === "invalid");
      expect(broken.length / 300).to.be.within(0.35, 0.65);
    });
  });
});
