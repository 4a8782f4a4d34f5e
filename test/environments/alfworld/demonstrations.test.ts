import { expect } from "chai";
import { SFT_PURPOSE, scriptedDemonstrations, spokenIn } from "../../../ts/demonstrations/scripted.ts";
import { writeConversations } from "../../../ts/demonstrations/write-conversations.ts";
import { Alfworld } from "../../../ts/environments/alfworld/alfworld.ts";
import { type DemonstrationQuality, demonstrate } from "../../../ts/environments/alfworld/demonstrations.ts";
import { TASK_TYPES } from "../../../ts/environments/alfworld/goal.ts";
import { alfworldText } from "../../../ts/environments/alfworld/text.ts";
import type { Demonstration, StepResult } from "../../../ts/environments/environment.ts";
import { environmentDefinition } from "../../../ts/environments/registry.ts";
import { extractFormat } from "../../../ts/format/extract-format.ts";
import { isJsonObject } from "../../../ts/parsing/json-validity.ts";
import { RandomStream } from "../../../ts/random.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import { describeWithGames } from "./games.ts";

const EXPERT: DemonstrationQuality = { searchRate: 0, wanderRate: 0, malformedRate: 0 };

describeWithGames("demonstrations of alfworld/text", (data) => {
  const at = temporaryFolder();
  const settings = (chosen: object = {}) =>
    alfworldText.settings.parse({ data: data(), bridge: "zeromq", prompt: "brief", ...chosen });

  /** Demonstrations, and the last step of every game that was played to its end. */
  async function played(quality: DemonstrationQuality, count: number, chosen: object = {}) {
    const environment = new Alfworld("text", settings(chosen));
    const endings: StepResult[] = [];
    const game = {
      reset: environment.reset.bind(environment),
      wayToWin: environment.wayToWin.bind(environment),
      situation: environment.situation.bind(environment),
      step: async (command: unknown) => {
        const result = await environment.step(command as string);
        if (result.terminated || result.truncated) endings.push(result);
        return result;
      },
    };
    const shown = await spokenIn(demonstrate(game, count, new RandomStream(0), quality));
    await environment.close();
    return { shown, endings };
  }

  const actionsOf = (shown: readonly Demonstration[]) => {
    const parser = new Alfworld("text", settings());
    return shown.map(({ utterance, observation }) => {
      const parse = parser.parse(utterance, observation);
      return parse.kind === "action" ? String(parse.action) : null;
    });
  };

  for (const type of TASK_TYPES) {
    it(`of an expert win every game of ${type}, each command admissible where it is named`, async () => {
      const { shown, endings } = await played(EXPERT, 40, { taskTypes: [type] });
      expect(endings).to.not.be.empty;
      for (const { success, kind } of endings) expect({ success, kind }).to.deep.equal({ success: true, kind: type });
      expect(actionsOf(shown)).to.not.include(null);
    }).timeout(60_000);
  }

  it("of one who searches win all the same, and look into more places, opening what is closed", async () => {
    const straight = await played(EXPERT, 300);
    const searching = await played({ ...EXPERT, searchRate: 0.5 }, 300);
    for (const { success } of searching.endings) expect(success).to.equal(true);
    expect(searching.endings.length).to.be.within(1, straight.endings.length - 5);
    const opened = ({ shown }: typeof straight) =>
      actionsOf(shown).filter((action) => action?.startsWith("open ")).length / 300;
    expect(opened(searching)).to.be.greaterThan(opened(straight));
  }).timeout(60_000);

  it("of one who strays name other commands as often as asked, and go on from where those lead", async () => {
    const straight = await played(EXPERT, 300);
    const straying = await played({ ...EXPERT, wanderRate: 0.5 }, 300);
    expect(actionsOf(straying.shown)).to.not.include(null);
    // Every game that ends is won or out of time; at half the pace, and having to make good, far fewer end.
    expect(straying.endings.length).to.be.within(1, straight.endings.length / 2);
    expect(straying.endings.filter(({ success }) => success)).to.not.be.empty;
    const idle = ({ shown }: typeof straight) =>
      actionsOf(shown).filter((action) => action === "look" || action === "inventory").length / 300;
    expect(idle(straight)).to.equal(0);
    expect(idle(straying)).to.be.within(0.03, 0.25);
  }).timeout(60_000);

  it("are malformed as often as asked, and else JSON of thoughts that never name the command", async () => {
    const { shown } = await played({ ...EXPERT, malformedRate: 0.4 }, 300);
    expect(shown.filter(({ utterance }) => !isJsonObject(utterance)).length / 300).to.be.within(0.2, 0.4);
    expect(actionsOf(shown).filter((action) => action === null).length / 300).to.be.within(0.1, 0.3);
    for (const { utterance } of (await played(EXPERT, 300)).shown) {
      const { thoughts, action } = JSON.parse(utterance) as { thoughts: string; action: string };
      expect(thoughts).to.not.include(action);
    }
  }).timeout(60_000);

  it("carry the commands that were admissible, which f^parse reads them against", async () => {
    for (const { observation, utterance } of (await played(EXPERT, 20)).shown) {
      const { action } = JSON.parse(utterance) as { action: string };
      expect(observation.admissible).to.include(action);
    }
  }).timeout(60_000);

  it("come out of a data file in the environment's own format", async () => {
    const definition = environmentDefinition(alfworldText.id);
    const quality = alfworldText.demonstrations?.quality.parse({});
    const chosen = { count: 300, seed: 0, purpose: SFT_PURPOSE, settings: settings(), quality };
    const options = { name: "alfworld", overwrite: true };
    const { file } = await writeConversations(scriptedDemonstrations(definition, chosen), at("sft"), options);
    const { prompts, comparison, utterances } = await extractFormat(file, definition, settings());
    expect(utterances.parsed).to.be.within(0.9, 1);
    expect(prompts.map(({ kind }) => kind)).to.deep.equal(["template"]);
    for (const { point, verdict, finding } of comparison) {
      if (point !== "actions") expect(verdict, `${point}: ${finding}`).to.equal("same");
    }
  }).timeout(60_000);
});
