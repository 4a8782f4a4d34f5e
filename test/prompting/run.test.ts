import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import { NumberLine } from "../../ts/environments/numberline/numberline.ts";
import { EndpointError, RunFolderError } from "../../ts/errors.ts";
import { prompt } from "../../ts/prompting/run.ts";
import type { PromptingSummary } from "../../ts/prompting/summary.ts";
import { deriveSeed, RandomStreams } from "../../ts/random.ts";
import { wilsonInterval } from "../../ts/report/statistics.ts";
import { writeReport } from "../../ts/report/write-report.ts";
import { PROMPT_TOKENS } from "../fake-endpoint.ts";
import { failure, readJson, readLines } from "../run-files.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { playground } from "./playground.ts";
import { hardTarget, readFrame, scriptedPrompting, speakWell } from "./scripted-model.ts";

describe("prompt", function () {
  this.timeout(20_000);
  const path = temporaryFolder();
  const { serve, play } = playground(path);
  const episodesOf = (name: string) => readLines(path(name, "episodes.jsonl"));

  /** Starts of the evaluation's episodes whose target the scripted model reaches. */
  const easyStarts = async (seed: number, episodes: number): Promise<number> => {
    const starts = new RandomStreams(deriveSeed(seed, "evaluation")).stream("environments");
    let easy = 0;
    for (let episode = 0; episode < episodes; episode++) {
      const { image } = await new NumberLine({ prompt: "brief" }).reset({ seed: starts.seed() });
      if (readFrame(image?.rgb).target !== hardTarget) easy += 1;
    }
    return easy;
  };

  for (const kind of ["openai", "gemini"] as const) {
    it(`counts the successes of a ${kind} endpoint, its tokens and its cost`, async () => {
      const server = await serve();
      const summary = await play(server, `counts-${kind}`, {
        endpoint: { kind, baseUrl: server.baseUrl, model: "fake-model", keyVariable: null },
        prices: { inputPerMillion: 1000, outputPerMillion: 100_000 },
      });
      const successes = await easyStarts(0, 24);
      expect(successes).to.be.greaterThan(10).and.lessThan(24);
      const { sampled, greedy } = summary.stages[0];
      expect(sampled).to.deep.include({ successes, episodes: 24, interval: wilsonInterval(successes, 24) });
      expect(sampled).to.include({ validJson: 1, invalid: 0 });
      expect(greedy).to.equal(null);
      const { answers, sent, servedModels } = summary.prompting;
      const asked = server.requests.length;
      expect(answers).to.deep.include({ count: asked, inputTokens: asked * PROMPT_TOKENS, outputTokens: asked * 4 });
      expect(answers.cost).to.be.closeTo(asked * (0.1 + 0.4), 1e-9);
      expect(sent).to.deep.equal({
        requests: asked,
        inputTokens: asked * PROMPT_TOKENS,
        outputTokens: asked * 4,
        cost: answers.cost,
      });
      expect(servedModels).to.deep.equal([kind === "openai" ? "fake-model-2026" : "fake-gemini-001"]);
    });
  }

  it("records every step with its image, and what was said", async () => {
    const server = await serve();
    await play(server, "records");
    const episodes = episodesOf("records");
    expect(episodes.map(({ episode }) => episode).sort((one, other) => one - other)).to.deep.equal(
      Array.from({ length: 24 }, (_, episode) => episode),
    );
    for (const { steps, length, return: total } of episodes) {
      expect(steps).to.have.length(length);
      expect(steps.reduce((sum: number, { reward }: { reward: number }) => sum + reward, 0)).to.equal(total);
      for (const { image, answer, utterance } of steps) {
        expect(existsSync(path("records", image))).to.equal(true);
        const kept = readJson(path("records", "answers", answer.slice(0, 2), `${answer}.json`));
        expect(kept.answer.utterance).to.equal(utterance);
        expect(kept.origin.image).to.equal(image);
      }
    }
  });

  it("gives one table for any number of requests at once", async () => {
    const one = await serve();
    const many = await serve({ delay: (request) => (request * 7) % 20 });
    const alone = await play(one, "alone", { requests: { concurrent: 1 } });
    const together = await play(many, "together");
    expect(one.mostAtOnce).to.equal(1);
    expect(many.mostAtOnce).to.be.greaterThan(4).and.at.most(8);
    expect(together.stages).to.deep.equal(alone.stages);
    const spoken = (name: string) =>
      episodesOf(name).map(({ steps }) => steps.map(({ utterance }: { utterance: string }) => utterance));
    expect(spoken("together")).to.deep.equal(spoken("alone"));
  });

  it("gives what is seen again a draw of its own, and the same draws when it is run again", async () => {
    const server = await serve({
      speak: ({ rgb, occurrence }) => (occurrence % 2 === 0 ? speakWell({ rgb }) : "I would rather not."),
      delay: (request) => (request * 7) % 20,
    });
    const first = await play(server, "draws");
    const asked = server.requests.length;
    const lines = readFileSync(path("draws", "episodes.jsonl"), "utf8");
    expect(new Set(server.requests.map(({ body }) => JSON.stringify(body))).size).to.be.lessThan(asked);
    expect(first.stages[0].sampled.invalid).to.be.greaterThan(0.2).and.lessThan(0.5);

    rmSync(path("draws", "summary.json"));
    const { seconds: _, ...again } = await play(server, "draws");
    expect(server.requests).to.have.length(asked);
    expect(again).to.deep.equal(withoutSeconds(first));
    expect(readFileSync(path("draws", "episodes.jsonl"), "utf8")).to.equal(lines);
  });

  it("asks the same only once at temperature 0", async () => {
    const server = await serve();
    await play(server, "cold", { sampling: { temperature: 0 } });
    const bodies = server.requests.map(({ body }) => JSON.stringify(body));
    expect(new Set(bodies).size).to.equal(bodies.length);
    expect(bodies[0]).to.include('"temperature":0');
  });

  it("plays the first episodes alike when more are asked for, out of what is kept", async () => {
    const server = await serve();
    await play(server, "more", { evaluation: { episodes: 8 } });
    const asked = server.requests.length;
    const few = episodesOf("more");
    const summary = await play(server, "more", { evaluation: { episodes: 24 } });
    expect(summary.episodes).to.equal(24);
    const fresh = await serve();
    await play(fresh, "more-at-once", { evaluation: { episodes: 24 } });
    expect(server.requests).to.have.length(fresh.requests.length);
    expect(server.requests.length).to.be.greaterThan(asked);
    const outcomeOf = (episode: number) => episodesOf("more").find((each) => each.episode === episode)?.return;
    for (const { episode, return: total } of few) expect(outcomeOf(episode)).to.equal(total);
  });

  it("shares answers between runs where a folder says so", async () => {
    const server = await serve();
    const cache = { folder: path("shared") };
    const first = await play(server, "sharing", { cache });
    const asked = server.requests.length;
    const second = await play(server, "profiting", { cache });
    expect(server.requests).to.have.length(asked);
    expect(second.stages).to.deep.equal(first.stages);
    expect(second.prompting.answers).to.deep.equal(first.prompting.answers);
    expect(second.prompting.sent.requests).to.equal(0);
    expect(existsSync(path("profiting", "answers"))).to.equal(false);
  });

  it("goes on where it was stopped, and waits for requests under way", async () => {
    const controller = new AbortController();
    const stopped = new Error("stopped");
    const server = await serve({
      delay: () => 5,
      mishap: (request) => {
        if (request === 20) controller.abort(stopped);
        return undefined;
      },
    });
    const prompting = scriptedPrompting(server.baseUrl);
    const error = await failure(prompt(prompting, { directory: path("stopped"), signal: controller.signal }));
    expect(error).to.equal(stopped);
    const before = server.requests.length;
    expect(before).to.be.at.least(21).and.at.most(29);
    expect(readLines(path("stopped", "requests.jsonl"))).to.have.length(before);
    const resumed = await prompt(prompting, { directory: path("stopped") });

    const whole = await serve();
    const uncut = await play(whole, "uncut");
    expect(resumed.stages).to.deep.equal(uncut.stages);
    expect(server.requests).to.have.length(whole.requests.length);
  });

  it("goes on after a process was killed in the middle of a line", async () => {
    const server = await serve();
    const first = await play(server, "killed");
    const log = path("killed", "requests.jsonl");
    writeFileSync(log, readFileSync(log, "utf8").slice(0, -20));
    rmSync(path("killed", "summary.json"));
    const again = await play(server, "killed");
    expect(again.prompting.sent.requests).to.equal(first.prompting.sent.requests - 1);
    expect(again.stages).to.deep.equal(first.stages);
  });

  it("refuses to ask offline, and says how many answers are missing", async () => {
    const server = await serve();
    const prompting = scriptedPrompting(server.baseUrl);
    const offline = { directory: path("offline"), offline: true };
    const error = await failure(prompt(prompting, offline));
    expect(error).to.be.instanceOf(EndpointError).and.include({ reason: "offline" });
    expect((error as Error).message).to.include("24 of the 24 answers");
    expect(server.requests).to.have.length(0);
    await prompt(prompting, { directory: path("offline") });
    const asked = server.requests.length;
    rmSync(path("offline", "summary.json"));
    expect((await prompt(prompting, offline)).episodes).to.equal(24);
    expect(server.requests).to.have.length(asked);
  });

  it("stops at a budget of requests, and goes on when it is raised", async () => {
    const server = await serve();
    const error = await failure(play(server, "requests", { budget: { requests: 10 } }));
    expect(error).to.be.instanceOf(EndpointError).and.include({ reason: "budget" });
    expect(server.requests).to.have.length(10);
    expect(await failure(play(server, "requests", { budget: { requests: 10 } }))).to.include({ reason: "budget" });
    expect(server.requests).to.have.length(10);
    const summary = await play(server, "requests", { budget: { requests: 1000 } });
    expect(summary.prompting.sent.requests).to.equal(server.requests.length);
  });

  it("stops at a budget of money, within the requests under way", async () => {
    const server = await serve();
    const prices = { inputPerMillion: 10_000, outputPerMillion: 0, currency: "EUR" };
    const error = await failure(play(server, "money", { prices, budget: { money: 12 }, requests: { concurrent: 4 } }));
    expect(error).to.include({ reason: "budget" });
    expect((error as Error).message).to.include("EUR of 12 are spent");
    expect(server.requests.length).to.be.at.least(12).and.at.most(15);
  });

  it("cannot keep a budget of money with an endpoint that reports no tokens", async () => {
    const server = await serve({ change: ({ usage: _, ...reply }) => reply });
    const prices = { inputPerMillion: 1, outputPerMillion: 1 };
    const error = await failure(play(server, "uncounted", { prices, budget: { money: 12 } }));
    expect((error as Error).message).to.include("set budget.requests instead");
    const summary = await play(server, "uncounted", { prices });
    expect(summary.prompting.answers).to.include({ inputTokens: null, outputTokens: null, cost: null });
  });

  it("counts answers that were cut off or kept back", async () => {
    const cut = await serve({
      change: (reply) => ({ ...reply, choices: [{ message: { content: "{" }, finish_reason: "length" }] }),
    });
    const { stages, prompting } = await play(cut, "cut", { evaluation: { episodes: 4 } });
    expect(stages[0].sampled).to.include({ validJson: 0, invalid: 1 });
    expect(prompting).to.include({ cut: 1, withheld: 0 });
    const filtered = await serve({ change: () => ({ promptFeedback: { blockReason: "SAFETY" } }) });
    const endpoint = { kind: "gemini", baseUrl: filtered.baseUrl, model: "fake-model", keyVariable: null } as const;
    const blocked = await play(filtered, "blocked", { endpoint, evaluation: { episodes: 4 } });
    expect(blocked.prompting).to.include({ cut: 0, withheld: 1 });
    expect(blocked.stages[0].sampled.invalid).to.equal(1);
  });

  it("refuses a folder that holds other settings, or a training run", async () => {
    const server = await serve();
    await play(server, "other", { evaluation: { episodes: 2 } });
    const error = await failure(play(server, "other", { sampling: { temperature: 1 } }));
    expect(error).to.be.instanceOf(RunFolderError);
    expect((error as Error).message).to.include("sampling.temperature: 0.2 → 1");
    const config = readJson(path("other", "config.json"));
    const training = { name: "t", seed: 0, environment: { id: "numberline", settings: {} }, policy: {} };
    writeFileSync(path("other", "config.json"), JSON.stringify({ ...config, experiment: training }));
    expect(await failure(play(server, "other"))).to.be.instanceOf(RunFolderError);
  });

  it("is reported beside other runs, tokens and cost included", async () => {
    const server = await serve();
    const prices = { inputPerMillion: 2, outputPerMillion: 8 };
    await play(server, "one", { prices });
    await play(server, "two", { prices, name: "other", evaluation: { episodes: 8 } });
    const single = await writeReport([path("one")], path("one", "report"));
    expect(single.text)
      .to.match(/prompting {2}sampled +\d+\/24/)
      .and.not.include("greedy");
    expect(single.text).to.match(/one +fake-model +\d+ +[\d,]+ +\d+ +0\.0\d+ USD/);
    const page = readFileSync(single.page, "utf8");
    expect(page).to.include("prompting (fake-model) on numberline").and.include("What was asked");
    const both = await writeReport([path("one"), path("two")], path("both"));
    expect(both.unfinished).to.deep.equal([]);
    expect(both.text).to.match(/two +fake-model/);
    expect(readJson(both.tables.json).stages).to.have.length(2);
  });
});

function withoutSeconds({ seconds: _, ...rest }: PromptingSummary): object {
  return rest;
}
