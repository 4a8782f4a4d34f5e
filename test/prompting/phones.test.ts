import { readFileSync } from "node:fs";
import { expect } from "chai";
import type { Environment, Observation } from "../../ts/environments/environment.ts";
import { environmentDefinition } from "../../ts/environments/registry.ts";
import { appAgentCall } from "../../ts/parsing/appagent-call.ts";
import { autoUiFields, type PhoneAction } from "../../ts/parsing/phone-action.ts";
import { loadPrompting, type Prompting } from "../../ts/prompting/definition.ts";
import { prompt } from "../../ts/prompting/run.ts";
import { deriveSeed, RandomStreams } from "../../ts/random.ts";
import { writeReport } from "../../ts/report/write-report.ts";
import { FakeEndpoint } from "../fake-endpoint.ts";
import { fingerprint } from "../fake-worker.ts";
import { readLines } from "../run-files.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const EPISODES = 4;
const FILES = ["prompting-openai", "prompting-gemini", "prompting-appagent", "prompting-appagent-gemini"];

/** What a model would say that knows each screen by its picture: the way of the expert, in the words that are asked for. */
async function wayByPicture({ environment, seed }: Prompting): Promise<Map<string, string>> {
  const way = new Map<string, string>();
  const phone = environmentDefinition(environment.id).create(environment.settings);
  const starts = new RandomStreams(deriveSeed(seed, "evaluation")).stream("environments");
  for (let episode = 0; episode < EPISODES; episode++) {
    let observation = await phone.reset({ seed: starts.seed() });
    for (let isOver = false; !isOver; ) {
      const utterance = answerOf((await phone.expert?.()) as PhoneAction, observation);
      way.set(seen(observation.prompt, observation.image?.rgb), utterance);
      const result = await phone.step(actionIn(utterance, observation, phone));
      observation = result.observation;
      isOver = result.terminated || result.truncated;
    }
  }
  return way;
}

const answerOf = (action: PhoneAction, { elements }: Observation): string =>
  elements === undefined
    ? `It stands there.\nAction Decision: ${autoUiFields(action)}`
    : `Observation: numbers.\nThought: this one.\nAction: ${appAgentCall(action, elements)}\nSummary: I went on.`;

function actionIn(utterance: string, observation: Observation, phone: Pick<Environment, "parse">): unknown {
  const parse = phone.parse(utterance, observation);
  if (parse.kind === "invalid") throw new Error(`${utterance}: ${parse.reason}`);
  return parse.action;
}

function seen(asked: string, rgb: Uint8Array | null | undefined): string {
  return `${asked}\n${fingerprint(rgb ?? new Uint8Array())}`;
}

describe("prompting on phones", function () {
  this.timeout(60_000);
  const path = temporaryFolder();

  for (const file of FILES) {
    it(`wins whole episodes through HTTP with ${file}.ts, and shows them`, async () => {
      let way = new Map<string, string>();
      const server = await FakeEndpoint.start({
        speak: ({ prompt: asked, rgb }) => way.get(seen(asked, rgb)) ?? "I have never seen this.",
      });
      try {
        const set = [`endpoint.baseUrl=${server.baseUrl}`, "endpoint.keyVariable=null", "requests.perMinute=null"];
        const prompting = await loadPrompting(`experiments/phone/${file}.ts`, { episodes: EPISODES, set });
        way = await wayByPicture(prompting);
        const { successRate, stages } = await prompt(prompting, { directory: path(file) });
        expect(successRate).to.equal(1);
        expect(stages[0].sampled).to.include({ episodes: EPISODES, invalid: 0, validJson: null });
      } finally {
        await server.stop();
      }
      const [episode] = readLines(path(file, "episodes.jsonl"));
      expect("elements" in episode.steps[0]).to.equal(file.includes("appagent"));
      const { page } = await writeReport([path(file)], path(file, "report"));
      const html = readFileSync(page, "utf8");
      expect(html.match(/<figure class="strip">/g)).to.have.length(2);
      expect(html).to.match(/<figcaption>[A-Z][^<]* · success after/);
    });
  }
});
