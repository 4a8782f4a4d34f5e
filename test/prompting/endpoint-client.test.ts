import { expect } from "chai";
import { EndpointError } from "../../ts/errors.ts";
import type { PromptingInput } from "../../ts/prompting/definition.ts";
import { EndpointClient } from "../../ts/prompting/endpoint-client.ts";
import { Spending } from "../../ts/prompting/spending.ts";
import { JsonLines } from "../../ts/runs/json-lines.ts";
import { FakeEndpoint, type FakeEndpointOptions, type Mishap } from "../fake-endpoint.ts";
import { failure, readLines } from "../run-files.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { scriptedPrompting } from "./scripted-model.ts";

describe("EndpointClient", () => {
  const path = temporaryFolder();
  const servers: FakeEndpoint[] = [];
  let number = 0;
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.stop()));
  });

  /** A server on which `mishaps` befall the first requests. */
  const setUp = async (
    mishaps: readonly Mishap[] = [],
    changes: Partial<PromptingInput> = {},
    options: Partial<FakeEndpointOptions> = {},
  ) => {
    const server = await FakeEndpoint.start({ speak: () => "go", mishap: (request) => mishaps[request], ...options });
    servers.push(server);
    const log = path(`requests-${number++}.jsonl`);
    const prompting = scriptedPrompting(server.baseUrl, changes);
    const spending = new Spending(new JsonLines(log), prompting);
    const told: string[] = [];
    const client = new EndpointClient({ prompting, spending, onTrouble: (line) => told.push(line) });
    const ask = () => client.ask(["Where to?"], "k");
    return { server, client, spending, told, ask, outcomes: () => readLines(log).map(({ outcome }) => outcome) };
  };
  const refusal = (status: number, message: string): Mishap => ({
    kind: "status",
    status,
    body: { error: { message } },
  });

  it("sends a text alone as text, and reads answer and counts", async () => {
    const { server, ask } = await setUp();
    expect(await ask()).to.deep.equal({
      utterance: "go",
      ending: "finished",
      model: "fake-model-2026",
      inputTokens: 100,
      outputTokens: 1,
    });
    expect(server.requests[0]).to.include({ path: "/v1/chat/completions" });
    expect(server.requests[0]?.body).to.deep.equal({
      model: "fake-model",
      messages: [{ role: "user", content: "Where to?" }],
      temperature: 0.2,
      max_tokens: 256,
    });
  });

  const passing: [string, Mishap, string][] = [
    ["a fault of the server", refusal(500, "sorry"), "500"],
    ["an overloaded server", refusal(503, "sorry"), "503"],
    ["a rate limit", refusal(429, "slow down"), "429"],
    ["a time-out of the server", refusal(408, "sorry"), "408"],
    ["a connection that is reset", { kind: "reset" }, "ECONNRESET"],
    ["JSON that is cut off", { kind: "text", text: '{"choices": [{"mess' }, "200"],
    ["a reply without choices", { kind: "text", text: '{"choices": []}' }, "200"],
    ["an error that says 200", { kind: "text", text: '{"error": {"message": "provider down", "code": 502}}' }, "200"],
  ];
  for (const [what, mishap, code] of passing) {
    it(`tries again after ${what}`, async () => {
      const { server, ask, outcomes } = await setUp([mishap, mishap]);
      expect((await ask()).utterance).to.equal("go");
      expect(server.requests).to.have.length(3);
      expect(outcomes()).to.deep.equal([code, code, "answer"]);
    });
  }

  it("tries again after an answer that takes too long", async () => {
    const changes = { requests: { timeoutMs: 400, firstRetryMs: 1, retries: 2 } };
    const { ask, outcomes } = await setUp([{ kind: "silence" }], changes);
    expect((await ask()).utterance).to.equal("go");
    expect(outcomes()).to.deep.equal(["timeout", "answer"]);
  });

  it("gives up after the last attempt, with the endpoint's words", async () => {
    const { server, ask } = await setUp(Array.from({ length: 9 }, () => refusal(500, "disk is full")));
    const error = await failure(ask());
    expect(error).to.be.instanceOf(EndpointError).and.include({ reason: "unanswered" });
    expect((error as Error).message).to.match(/attempt 4; the last was 500: disk is full/);
    expect(server.requests).to.have.length(4);
  });

  it("says what to check where no server is", async () => {
    const { server, ask } = await setUp([], { requests: { retries: 1, firstRetryMs: 1 } });
    servers.splice(0);
    await server.stop();
    expect(((await failure(ask())) as Error).message).to.include("check endpoint.baseUrl");
  });

  const final: [number, string, string][] = [
    [400, "max_tokens is not supported", "check the endpoint's settings"],
    [401, "invalid key", "no key was sent: set endpoint.keyVariable"],
    [403, "not yours", "whether it may use this model"],
    [404, "no such model", "check endpoint.model"],
  ];
  for (const [status, message, mend] of final) {
    it(`stops at once at ${status}, naming url, model, the server's words and the mend`, async () => {
      const { server, ask } = await setUp([refusal(status, message)]);
      const error = await failure(ask());
      expect(error).to.include({ reason: "refused" });
      for (const words of [`${server.baseUrl}/chat/completions`, "fake-model", `${status}: ${message}`, mend]) {
        expect((error as Error).message).to.include(words);
      }
      expect(server.requests).to.have.length(1);
    });
  }

  it("stops at once when the quota is spent, though that is a 429 too", async () => {
    const body = { error: { message: "You exceeded your current quota", code: "insufficient_quota" } };
    const { server, ask } = await setUp([{ kind: "status", status: 429, body }]);
    expect(((await failure(ask())) as Error).message).to.include("check the account's quota");
    expect(server.requests).to.have.length(1);
  });

  it("does not follow a redirect with the key in hand", async () => {
    const { ask } = await setUp([{ kind: "status", status: 307, headers: { location: "https://elsewhere.test/" } }]);
    expect(((await failure(ask())) as Error).message).to.include("a redirect to https://elsewhere.test/");
  });

  it("waits as long as it is asked to, and lets nothing else begin meanwhile", async () => {
    const limit: Mishap = { kind: "status", status: 429, headers: { "retry-after": "0.3" } };
    const { ask, told, server } = await setUp([limit], { requests: { concurrent: 1, firstRetryMs: 1, retries: 2 } });
    const start = performance.now();
    await Promise.all([ask(), ask()]);
    expect(performance.now() - start).to.be.greaterThan(295);
    expect(server.requests).to.have.length(3);
    expect(told).to.have.length(1);
  });

  it("does not wait for an hour", async () => {
    const { ask } = await setUp([{ kind: "status", status: 429, headers: { "retry-after": "3600" } }]);
    expect(((await failure(ask())) as Error).message).to.include("asks to wait for 1 h 0 min");
  });

  it("begins so many requests a minute, evenly spread", async () => {
    const { ask } = await setUp([], { requests: { perMinute: 600 } });
    const start = performance.now();
    await Promise.all([ask(), ask(), ask(), ask()]);
    expect(performance.now() - start).to.be.greaterThan(290);
  });

  it("ends a wait when it is told to stop", async () => {
    const { ask, client } = await setUp([{ kind: "status", status: 429, headers: { "retry-after": "100" } }]);
    const error = failure(ask());
    const stopped = new Error("stopped");
    setTimeout(() => client.stop(stopped), 100);
    expect(await error).to.equal(stopped);
    expect(await failure(ask())).to.equal(stopped);
  });
});
