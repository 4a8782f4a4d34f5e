import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import type { RgbImage } from "../../ts/environments/environment.ts";
import { ConfigError, EndpointError } from "../../ts/errors.ts";
import { defineJudge } from "../../ts/judging/definition.ts";
import { type JudgeOptions, ModelJudge } from "../../ts/judging/model-judge.ts";
import { verdictIn } from "../../ts/judging/question.ts";
import { isSameScreen, shrunk } from "../../ts/judging/screens.ts";
import type { JudgeInput } from "../../ts/judging/settings.ts";
import { encodePng } from "../../ts/png.ts";
import { FakeEndpoint, type FakeEndpointOptions } from "../fake-endpoint.ts";
import { rejection } from "../rejection.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const screen = (level: number, side = 8): RgbImage => ({
  width: side,
  height: side,
  rgb: new Uint8Array(side * side * 3).fill(level),
});
const task = { instruction: "Open the clock", kind: "open" };
/** Says what the shade of the screen stands for. */
const speak: FakeEndpointOptions["speak"] = ({ rgb }) =>
  `Q: A clock?\nA: …\nStatus: ${(rgb?.[0] ?? 0) > 100 ? "success" : "failure"}`;

describe("ModelJudge", () => {
  const at = temporaryFolder();
  const servers: FakeEndpoint[] = [];
  let number = 0;
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.stop()));
  });

  async function setUp(
    endpoint: Partial<FakeEndpointOptions> = {},
    changes: Partial<JudgeInput> = {},
    options: JudgeOptions = {},
  ) {
    const server = await FakeEndpoint.start({ speak, ...endpoint });
    servers.push(server);
    const settings = defineJudge({
      endpoint: { kind: "openai", baseUrl: server.baseUrl, model: "judge", keyVariable: null },
      requests: { firstRetryMs: 1, retries: 2 },
      answers: at(`answers-${number++}`),
      ...changes,
    });
    return { server, settings, judge: await ModelJudge.open(settings, options) };
  }

  it("asks about the last screen, at a quarter of its sides, with the task, and takes the status", async () => {
    const { judge, server } = await setUp();
    expect(await judge.verdict(task, { before: screen(0), after: screen(200) })).to.deep.equal({ kind: "success" });
    expect(await judge.verdict(task, { before: screen(200), after: screen(50) })).to.deep.equal({ kind: "failure" });
    expect(server.requests).to.have.length(2);
    const [{ body } = { body: {} }] = server.requests;
    expect(body.temperature).to.equal(0);
    expect(JSON.stringify(body.messages)).to.include("Task: Open the clock");
    const small = Buffer.from(encodePng(screen(200, 2))).toString("base64");
    expect(JSON.stringify(body.messages)).to.include(small);
  });

  it("takes a screen that did not change for a failure, and asks once about what it saw before", async () => {
    const { judge, server, settings } = await setUp();
    expect(await judge.verdict(task, { before: screen(200), after: screen(203) })).to.deep.equal({ kind: "failure" });
    expect(server.requests).to.be.empty;
    for (let time = 0; time < 3; time++) await judge.verdict(task, { before: screen(0), after: screen(200) });
    expect(server.requests).to.have.length(1);
    const later = await ModelJudge.open(settings, { isOffline: true });
    expect(await later.verdict(task, { before: screen(0), after: screen(200) })).to.deep.equal({ kind: "success" });
    expect(await later.verdict(task, { before: screen(0), after: screen(50) })).to.include({ kind: "unknown" });
  });

  it("shows what was judged by hand first, each with its screenshot", async () => {
    const folder = at("shots");
    mkdirSync(folder);
    writeFileSync(join(folder, "menu.png"), encodePng(screen(77)));
    const shot = { image: "menu.png", task: "Open it", question: "Is it open?", answer: "It is.", status: "success" };
    writeFileSync(join(folder, "shots.json"), JSON.stringify([shot]));
    const { judge, server } = await setUp({}, { shots: folder });
    await judge.verdict(task, { before: screen(0), after: screen(200) });
    const content = server.requests[0]?.body.messages[0].content as { type: string; text?: string }[];
    expect(content.map(({ type }) => type)).to.deep.equal([
      "text",
      "text",
      "text",
      "image_url",
      "text",
      "text",
      "text",
      "image_url",
      "text",
    ]);
    expect(content[4]?.text).to.equal("Task: Open it\nQ: Is it open?\nA: It is.\nStatus: success\n");
  });

  it("says what is wrong with a folder of shots", async () => {
    const refused = async (json: string, files: Readonly<Record<string, string>> = {}) => {
      const folder = at(`bad-${number++}`);
      mkdirSync(folder);
      writeFileSync(join(folder, "shots.json"), json);
      for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
      const error = await rejection(setUp({}, { shots: folder }));
      expect(error).to.be.instanceOf(ConfigError);
      return error.message;
    };
    const shot = { image: "a.png", task: "t", question: "q", answer: "a", status: "success" };
    expect(await refused("[")).to.include("shots.json: expected a JSON file");
    expect(await refused(JSON.stringify([{ ...shot, status: "done" }]))).to.include("status");
    expect(await refused(JSON.stringify([{ ...shot, image: "../a.png" }]))).to.include("in the same folder");
    expect(await refused(JSON.stringify([shot]))).to.include("a.png");
    expect(await refused(JSON.stringify([shot]), { "a.png": "GIF" })).to.include("expected a PNG");
  });

  it("knows nothing where the endpoint stays busy or says neither, and gives up where it refuses", async () => {
    const seen = { before: screen(0), after: screen(200) };
    const busy = await setUp({ mishap: () => ({ kind: "status", status: 503 }) });
    expect(await busy.judge.verdict(task, seen)).to.include({ kind: "unknown" });
    expect(busy.server.requests).to.have.length(3);
    const vague = await setUp({ speak: () => "Looks fine to me." });
    expect(await vague.judge.verdict(task, seen)).to.deep.equal({
      kind: "unknown",
      reason: 'expected "Status: success" or "Status: failure", got "Looks fine to me."',
    });
    const refusing = await setUp({ mishap: () => ({ kind: "status", status: 404 }) });
    expect(await rejection(refusing.judge.verdict(task, seen))).to.be.instanceOf(EndpointError);
    const spent = await setUp({}, { budget: { requests: 1 } });
    await spent.judge.verdict(task, seen);
    expect(await rejection(spent.judge.verdict(task, { before: screen(0), after: screen(50) }))).to.include({
      reason: "budget",
    });
  });
});

describe("verdictIn", () => {
  it("reads the last status, in any case, marked up or not", () => {
    expect(verdictIn("Status: failure? No.\n**Status:** Success").kind).to.equal("success");
    expect(verdictIn("status: FAILURE.").kind).to.equal("failure");
    expect(verdictIn("Status: done").kind).to.equal("unknown");
    expect(verdictIn("").kind).to.equal("unknown");
  });
});

describe("screens", () => {
  it("are the same below a mean squared difference of a thousandth, and of one size", () => {
    expect(isSameScreen(screen(100), screen(108))).to.equal(true);
    expect(isSameScreen(screen(100), screen(109))).to.equal(false);
    expect(isSameScreen(screen(100), screen(100, 4))).to.equal(false);
  });

  it("shrink to means of squares, less what is left over", () => {
    const rgb = new Uint8Array(5 * 3 * 3).map((_, place) => place);
    const small = shrunk({ width: 5, height: 3, rgb }, 2);
    expect(small).to.deep.include({ width: 2, height: 1 });
    // Red of the first square: pixels 0, 1, 5 and 6.
    expect(small.rgb[0]).to.equal((0 + 3 + 15 + 18) / 4);
    expect(shrunk(screen(9), 1)).to.deep.equal(screen(9));
    expect(shrunk(screen(9, 2), 4)).to.deep.equal(screen(9, 2));
  });
});
