import { appendFileSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import type { Encounters, EpisodeDetail, EpisodePage, RunDetail, RunEntry } from "../../ts/view/api.ts";
import { Library } from "../../ts/view/reading/library.ts";
import { viewerApp } from "../../ts/view/server/app.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { PROMPT, type WrittenEpisode, writeTokens, writeViewedRun } from "./viewed-folder.ts";

const EPISODES: WrittenEpisode[] = [
  { utterances: ["go +", "nothing"], success: false, kind: "slow", iteration: 1 },
  { utterances: ["+"], iteration: 2 },
  { utterances: ["+", "+", "+"], success: false, ending: "truncated", iteration: 3 },
  { utterances: ["+"], success: false, ending: "fault", iteration: 3 },
];

describe("the viewer's server", () => {
  const path = temporaryFolder();
  const serve = (folder: string) => {
    const app = viewerApp(new Library(path(folder)), { script: "", style: "" });
    const ask = (address: string, headers: Record<string, string> = {}) =>
      app.request(address, { headers: { host: "127.0.0.1:7327", ...headers } });
    const json = async <T>(address: string): Promise<T> => (await ask(address)).json() as Promise<T>;
    return { ask, json };
  };

  before(() => {
    writeViewedRun(path("runs", "sweep", "a"), EPISODES, { seed: 1 });
    writeTokens(path("runs", "sweep", "a"), 1, ["go", " +", ""]);
    writeViewedRun(path("runs", "b"), [{ utterances: ["+"] }], { entropy: "none", finished: false, seed: 1 });
  });

  it("lists runs with their state, and tells which cannot be read", async () => {
    writeViewedRun(path("listed", "good"), [], { iterations: 3 });
    mkdirSync(path("listed", "bad"));
    writeFileSync(path("listed", "bad", "config.json"), '{"method": 3}');
    const { runs } = await serve("listed").json<{ runs: RunEntry[] }>("/api/runs");
    expect(runs[0]).to.include({ kind: "damaged", id: "bad" });
    expect(await serve("listed").json("/api/runs/bad"))
      .to.have.property("error")
      .that.matches(/^cannot be shown: config\.json: /);
    expect(runs[1]).to.include({
      kind: "run",
      id: "good",
      state: "finished",
      method: "CoSo",
      iteration: 3,
      iterations: 3,
    });
    const { runs: others } = await serve("runs").json<{ runs: RunEntry[] }>("/api/runs");
    expect(others.map(({ id }) => id)).to.deep.equal(["b", "sweep/a"]);
    expect(others[0]).to.include({ state: "unfinished" });
  });

  it("shows runs as they appear, and an empty folder as that", async () => {
    mkdirSync(path("empty"));
    expect(await serve("empty").json("/api/runs")).to.deep.equal({ root: path("empty"), runs: [] });
    writeViewedRun(path("empty", "first"), []);
    const { runs } = await serve("empty").json<{ runs: RunEntry[] }>("/api/runs");
    expect(runs.map(({ id }) => id)).to.deep.equal(["first"]);
  });

  it("tells of a run what it recorded, whatever its path", async () => {
    const detail = await serve("runs").json<RunDetail>("/api/runs/sweep%2Fa");
    expect(detail).to.include({ episodes: 4, recordedSteps: 1, explanations: 8 });
    expect(detail.stages).to.have.length(6);
    expect(detail.pages).to.deep.equal([]);
    expect(detail.problems).to.deep.equal([]);
    expect(detail.metricNames).to.include("evaluation/success");
    const curves = await serve("runs").json<{ iteration: number[]; metrics: Record<string, number[]> }>(
      "/api/runs/b/curves?metric=loss%2Fpolicy&metric=none",
    );
    expect(curves.iteration).to.have.length(24);
    expect(curves.metrics["loss/policy"]?.every((value) => value <= 0)).to.equal(true);
    expect(curves.metrics.none?.every((value) => value === null)).to.equal(true);
  });

  it("filters and sorts episodes", async () => {
    const numbers = async (query: string) => {
      const page = await serve("runs").json<EpisodePage>(`/api/runs/sweep%2Fa/episodes?${query}`);
      return page.episodes.map(({ number }) => number);
    };
    expect(await numbers("")).to.deep.equal([4, 3, 2, 1]);
    expect(await numbers("outcome=success")).to.deep.equal([2]);
    expect(await numbers("outcome=failure")).to.deep.equal([1]);
    expect(await numbers("outcome=truncated")).to.deep.equal([3]);
    expect(await numbers("outcome=fault")).to.deep.equal([4]);
    expect(await numbers("kind=slow")).to.deep.equal([1]);
    expect(await numbers("from=2&to=2")).to.deep.equal([2]);
    expect(await numbers("tokens=recorded")).to.deep.equal([1]);
    expect(await numbers("order=longest")).to.deep.equal([3, 1, 4, 2]);
    expect(await numbers("order=highest&page=99")).to.deep.equal([2, 4, 1, 3]);
    expect((await serve("runs").ask("/api/runs/sweep%2Fa/episodes?outcome=none")).status).to.equal(400);
  });

  it("shows an episode step by step, with prompts, what f^parse found, and tokens where there are some", async () => {
    const episode = await serve("runs").json<EpisodeDetail>("/api/runs/sweep%2Fa/episodes/1");
    expect(episode).to.include({ outcome: "failure", kind: "slow", before: null, after: 2, hasValues: true });
    const [first, second] = episode.steps;
    expect(first?.outcome).to.deep.include({ kind: "action", span: [3, 4] });
    expect(first?.tokens).to.deep.include({ tokens: ["go", " +", ""], advantage: -0.5 });
    expect(second).to.deep.include({ prompt: PROMPT, tokens: null });
    expect(second?.outcome).to.deep.equal({
      kind: "invalid",
      reason: "no-legal-action",
      executed: { words: "+", gesture: null },
    });
    for (const number of ["0", "5", "1e3", "x"]) {
      const answer = await serve("runs").ask(`/api/runs/sweep%2Fa/episodes/${number}`);
      expect(answer.status).to.equal(404);
      expect(await answer.text()).to.contain("the run has 4, numbered from 1");
    }
  });

  it("finds what another run said at the same image and prompt", async () => {
    const { steps } = await serve("runs").json<EpisodeDetail>("/api/runs/sweep%2Fa/episodes/2");
    const query = new URLSearchParams({ image: steps[0]?.image ?? "", prompt: PROMPT });
    const own = await serve("runs").json<Encounters>(`/api/runs/sweep%2Fa/encounters?${query}&episode=3&step=1`);
    expect(own.actions).to.deep.equal([
      { action: "+", count: 6 },
      { action: null, count: 1 },
    ]);
    // The one that was asked for, one with tokens, then from the newest.
    expect(own.encounters.slice(0, 3).map(({ source }) => source)).to.deep.equal([
      { kind: "episode", number: 3, step: 1, iteration: 3 },
      { kind: "episode", number: 1, step: 0, iteration: 1 },
      { kind: "episode", number: 4, step: 0, iteration: 3 },
    ]);
    const other = await serve("runs").json<Encounters>(`/api/runs/b/encounters?${query}`);
    expect(other.encounters).to.have.length(1);
    expect(other.tokensAbsent).to.include("recording.tokens");
    const nowhere = await serve("runs").json<Encounters>("/api/runs/b/encounters?prompt=elsewhere");
    expect(nowhere.encounters).to.deep.equal([]);
  });

  it("leaves damaged lines out and says which", async () => {
    writeViewedRun(path("hurt", "run"), EPISODES);
    appendFileSync(path("hurt", "run", "episodes.jsonl"), '{"success": "perhaps"}\nno JSON\n');
    appendFileSync(path("hurt", "run", "tokens.jsonl"), `{"iteration": 1}\n`);
    appendFileSync(path("hurt", "run", "metrics.jsonl"), '{"iteration": -1}\n{"iter');
    const page = await serve("hurt").json<EpisodePage>("/api/runs/run/episodes");
    expect(page.total).to.equal(4);
    expect(page.problems[0]).to.match(/episodes.jsonl line 5 is damaged.*and 1 more/);
    const { problems, card } = await serve("hurt").json<RunDetail>("/api/runs/run");
    expect(problems.join("\n"))
      .to.match(/metrics.jsonl line 25 is damaged/)
      .and.match(/tokens.jsonl line 1 is damaged/);
    expect(card.iteration).to.equal(24);
  });

  it("pages through ten thousand episodes, and follows what comes after them", async () => {
    const many = Array.from({ length: 10_000 }, (_, index) => ({
      utterances: ["+", "+"],
      success: index % 4 > 0,
      iteration: 1 + Math.floor(index / 100),
    }));
    writeViewedRun(path("many", "run"), many);
    const server = serve("many");
    const page = await server.json<EpisodePage>("/api/runs/run/episodes?outcome=failure&page=50&order=oldest");
    expect(page).to.include({ total: 10_000, matching: 2500, pages: 50, page: 50 });
    expect(page.episodes.at(-1)).to.include({ number: 9997, iteration: 100 });
    const first = await server.ask("/api/runs/run/episodes");
    const again = { "if-none-match": first.headers.get("etag") ?? "" };
    expect((await server.ask("/api/runs/run/episodes", again)).status).to.equal(304);
    appendFileSync(path("many", "run", "episodes.jsonl"), "broken\n");
    expect((await server.ask("/api/runs/run/episodes", again)).status).to.equal(200);
  });

  it("answers this machine's names alone", async () => {
    const { ask } = serve("runs");
    expect((await ask("/api/runs", { host: "evil.example" })).status).to.equal(403);
    expect((await ask("/", { host: "127.0.0.1.evil.example:7327" })).status).to.equal(403);
    expect((await ask("/api/runs", { host: "localhost:7327" })).status).to.equal(200);
    expect((await ask("/api/runs", { "sec-fetch-site": "cross-site", "sec-fetch-mode": "cors" })).status).to.equal(403);
    const { headers } = await ask("/");
    expect(headers.get("content-security-policy")).to.include("script-src 'self'").and.not.include("unsafe");
  });

  it("hands out images by their hash and written pages, and nothing else of the disk", async () => {
    const run = path("runs", "sweep", "a");
    const { ask } = serve("runs");
    const image = readdirSync(path("runs", "sweep", "a", "images"))[0];
    expect((await ask(`/images/sweep%2Fa/${image}`)).headers.get("content-type")).to.equal("image/png");
    mkdirSync(`${run}/report/figures`, { recursive: true });
    writeFileSync(`${run}/report/index.html`, "<p>report</p>");
    writeFileSync(path("secret.html"), "secret");
    symlinkSync(path("secret.html"), `${run}/report/linked.html`);
    const page = await ask("/pages/sweep%2Fa/report/index.html");
    expect(await page.text()).to.equal("<p>report</p>");
    expect(page.headers.get("content-security-policy")).to.include("default-src 'none'").and.not.include("script");
    for (const address of [
      "/images/sweep%2Fa/..%2Fconfig.json",
      "/images/sweep%2Fa/config.json",
      "/images/..%2F..%2Fetc/passwd",
      "/api/runs/..",
      "/api/runs/..%2Fruns%2Fb",
      "/pages/sweep%2Fa/report/linked.html",
      "/pages/sweep%2Fa/report/..%2Fconfig.json",
      "/pages/sweep%2Fa/report/..%2F..%2F..%2F..%2Fsecret.html",
      "/pages/sweep%2Fa/checkpoints/index.html",
      "/pages/sweep%2Fa/images/index.html",
    ]) {
      expect((await ask(address)).status, address).to.equal(404);
    }
    rmSync(`${run}/report`, { recursive: true });
  });
});
