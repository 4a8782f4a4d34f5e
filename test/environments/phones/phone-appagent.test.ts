import { expect } from "chai";
import { describeEnvironment } from "../../../ts/conformance/describe-environment.ts";
import { scriptedDemonstrations, spokenIn } from "../../../ts/demonstrations/scripted.ts";
import type { Observation } from "../../../ts/environments/environment.ts";
import { CanvasPhone } from "../../../ts/environments/phones/canvas/canvas-phone.ts";
import { phoneCanvas } from "../../../ts/environments/phones/phone-canvas.ts";
import { environmentDefinition } from "../../../ts/environments/registry.ts";
import { EnvironmentError } from "../../../ts/errors.ts";
import { appAgentCall } from "../../../ts/parsing/appagent-call.ts";
import type { PhoneAction } from "../../../ts/parsing/phone-action.ts";
import type { RandomStream } from "../../../ts/random.ts";
import { recordedStep } from "../../../ts/recorded-step.ts";
import { imageName } from "../../../ts/runs/image-store.ts";
import { rejection } from "../../rejection.ts";

const LABELLED = { format: "appagent", tasks: "webshopping" } as const;

const someAction = ({ elements = [] }: Observation, random: RandomStream): PhoneAction => {
  const { box } = random.pick(elements);
  const point = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  return random.pick<PhoneAction>([
    { type: "DUAL_POINT", touch: point, lift: point },
    { type: "DUAL_POINT", touch: point, lift: point, isHeld: true },
    { type: "TYPE", text: "red lamp" },
    { type: "PRESS_BACK" },
    { type: "PRESS_ENTER" },
  ]);
};

describe("phone/canvas with labelled elements", function () {
  this.timeout(60_000);
  describeEnvironment<PhoneAction>({ id: "phone/canvas", settings: LABELLED, actions: someAction });

  const create = (settings: object = LABELLED) => phoneCanvas.create(phoneCanvas.settings.parse(settings));

  it("lists what its image numbers, explains the form, and says in words what was done", async () => {
    const phone = create();
    const { prompt, image, elements = [] } = await phone.reset({ seed: 5 });
    expect(elements.length).to.be.above(3);
    for (const { box, can } of elements) {
      for (const side of [box.x, box.y]) expect(side).to.be.within(0, 1);
      expect(Math.max(box.x + box.width, box.y + box.height)).to.be.at.most(1);
      expect(can).not.to.deep.equal([]);
    }
    const plain = await create({ tasks: "webshopping" }).reset({ seed: 5 });
    expect(plain).not.to.have.property("elements");
    expect(image && imageName(image)).not.to.equal(plain.image && imageName(plain.image));
    for (const each of ["tap(n)", "long_press(n)", "swipe(n, ", 'text("', "back()", "home()", "enter()", "FINISH"]) {
      expect(prompt).to.include(each);
    }
    for (const each of ["Observation:", "Thought:", "Action:", "Summary:"]) expect(prompt).to.include(`\n${each}`);
    expect(prompt)
      .to.include(`Goal: ${plain.prompt.split("Goal: ")[1]}\n`)
      .and.include("What you did last: \n");
    const read = phone.parse("Action: tap(1)", { prompt, elements });
    if (read.kind !== "action") throw new Error(read.reason);
    const { observation } = await phone.step(read.action);
    expect(observation.prompt).to.include(`What you did last: Tapped "${elements[0]?.text}". \n`);
  });

  it("explains itself unless another wording than AutoUI's is chosen", () => {
    const prompt = (chosen: object) => phoneCanvas.settings.parse(chosen).prompt;
    expect(prompt({ format: "appagent" })).to.equal("explained");
    expect(prompt({ format: "appagent", prompt: "brief" })).to.equal("brief");
    expect(prompt({})).to.equal("autoui");
  });

  it("explains the other formats to models that do not know them, keys and all", async () => {
    for (const format of ["autoui", "cogagent"] as const) {
      const phone = create({ format, prompt: "explained" });
      const { prompt } = await phone.reset({ seed: 0 });
      const example = prompt.split("\n").at(-1) ?? "";
      const parse = phone.parse(example, { prompt });
      expect(parse.kind === "action" && parse.action).to.deep.include({
        type: "DUAL_POINT",
        touch: { x: 0.5, y: 0.25 },
      });
    }
  });

  it("labels what only looks as if it answered, and nothing of a keyboard or under a sheet", async () => {
    const device = new CanvasPhone();
    const texts = async () => (await device.elements()).map(({ text }) => text);
    const tapOn = async (name: string) => {
      const found = (await device.elements()).find(({ text }) => text === name);
      if (found === undefined) throw new Error(`${name} is not among ${await texts()}`);
      const { x, y, width, height } = found.box;
      await device.tap({ x: x + width / 2, y: y + height / 2 });
    };
    for (let seed = 0; !(await texts()).includes("Browser"); seed++) await device.reset({ seed });
    await tapOn("Browser");
    await tapOn("share");
    expect(await texts()).to.have.members(["Mail", "Files", "Photos"]);
    await device.press("back");
    await tapOn("Search or address");
    expect(await device.elements()).to.have.length(2);
    expect((await device.elements())[0]).to.deep.include({ text: "Search or address", can: ["tap", "type"] });
  });

  for (const format of ["appagent", "cogagent"] as const) {
    it(`has demonstrations of whole episodes in ${format}'s words`, async () => {
      const spoken = await spokenIn(
        scriptedDemonstrations(environmentDefinition("phone/canvas"), {
          count: 200,
          seed: 1,
          purpose: "test",
          settings: phoneCanvas.settings.parse({ ...LABELLED, format }),
          quality: phoneCanvas.demonstrations?.quality.parse({ wanderRate: 0, malformedRate: 0 }),
        }),
      );
      const parser = create({ ...LABELLED, format });
      for (const { utterance, observation } of spoken) {
        expect(parser.parse(utterance, observation).kind, utterance).to.equal("action");
      }
      // A way of twenty steps that leads nowhere would leave ten tasks.
      expect(new Set(spoken.map(({ observation }) => observation.prompt.split("Goal: ")[1])).size).to.be.above(15);
    });
  }

  it("gives the same action from what a recorded step keeps", async () => {
    const phone = create();
    const observation = await phone.reset({ seed: 2 });
    const utterance = "Action: tap(2)";
    const parse = phone.parse(utterance, observation);
    const result = await phone.step(parse.kind === "action" ? parse.action : { type: "IDLE" });
    const step = recordedStep({ observation, utterance, parse, action: null, result }, "images/0.png", [], null);
    const { prompt, elements } = JSON.parse(JSON.stringify(step));
    expect(create().parse(utterance, { prompt, elements })).to.deep.equal(parse);
  });

  it("refuses a held action that says how in another way", async () => {
    const phone = create();
    await phone.reset({ seed: 0 });
    const touch = { x: 0.5, y: 0.5 };
    const held = { type: "DUAL_POINT", touch, lift: touch, isHeld: false };
    expect(await rejection(phone.step(held as never))).to.be.instanceOf(EnvironmentError);
  });

  it("is won by calls alone", async () => {
    const phone = create({ ...LABELLED, tasks: "general" });
    for (let seed = 0; seed < 40; seed++) {
      let observation = await phone.reset({ seed });
      for (let step = 0; ; step++) {
        const call = appAgentCall((await phone.expert?.()) ?? { type: "IDLE" }, observation.elements ?? []);
        const parse = phone.parse(`Action: ${call}`, observation);
        if (parse.kind === "invalid") throw new Error(`${call}: ${parse.reason}`);
        const result = await phone.step(parse.action);
        observation = result.observation;
        if (!result.terminated) expect(step).to.be.below(9);
        else {
          expect(result.success).to.equal(true);
          break;
        }
      }
    }
  });
});
