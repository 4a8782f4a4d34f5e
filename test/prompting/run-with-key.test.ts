import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { prompt } from "../../ts/prompting/run.ts";
import type { FakeEndpoint } from "../fake-endpoint.ts";
import { failure } from "../run-files.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { playground } from "./playground.ts";
import { scriptedPrompting } from "./scripted-model.ts";

describe("prompt with a key", function () {
  this.timeout(20_000);
  const path = temporaryFolder();
  const { serve, play } = playground(path);
  const key = "sk-test-0123456789abcdef";
  before(() => {
    process.env.COSO_TEST_KEY = key;
  });
  after(() => {
    delete process.env.COSO_TEST_KEY;
  });
  const endpoint = (server: FakeEndpoint, kind: "openai" | "gemini" = "openai") => ({
    kind,
    baseUrl: server.baseUrl,
    model: "fake-model",
    keyVariable: "COSO_TEST_KEY",
  });
  const expectNoKey = (name: string): void => {
    const files = filesUnder(path(name));
    expect(files.length).to.be.greaterThan(2);
    for (const file of files) expect(readFileSync(file).includes(key), file).to.equal(false);
  };

  it("sends it in the header of its kind, and writes it nowhere", async () => {
    const server = await serve();
    await play(server, "key-openai", { endpoint: endpoint(server), evaluation: { episodes: 4 } });
    expect(server.requests[0]?.headers.authorization).to.equal(`Bearer ${key}`);
    await play(server, "key-gemini", { endpoint: endpoint(server, "gemini"), evaluation: { episodes: 4 } });
    expect(server.requests.at(-1)?.headers)
      .to.include({ "x-goog-api-key": key })
      .and.not.have.property("authorization");
    for (const { path: asked, body } of server.requests) expect(`${asked}${JSON.stringify(body)}`).to.not.include(key);
    expectNoKey("key-openai");
    expectNoKey("key-gemini");
  });

  it("keeps it out of errors, progress and answers though the server repeats it", async () => {
    const told: string[] = [];
    const progress = { begin() {}, update() {}, phase() {}, end() {}, say: (line: string) => told.push(line) };
    const server = await serve({
      mishap: (request) => {
        if (request === 3) return { kind: "status", status: 500, body: { error: `debug: ${key}` } };
        if (request === 30) return { kind: "status", status: 401, body: { error: { message: `bad key ${key}` } } };
        return undefined;
      },
      speak: () => `The header was ${key}.`,
    });
    const prompting = scriptedPrompting(server.baseUrl, { endpoint: endpoint(server) });
    const error = await failure(prompt(prompting, { directory: path("echo"), progress }));
    expect(error).to.include({ reason: "refused" });
    expect(`${(error as Error).stack}${told.join()}`)
      .to.include("[key]")
      .and.not.include(key);
    expect(told.join()).to.include("debug: [key]");
    expectNoKey("echo");
  });

  it("names the variable that is empty, without asking", async () => {
    const server = await serve();
    const missing = { ...endpoint(server), keyVariable: "COSO_TEST_ABSENT" };
    const error = await failure(play(server, "keyless", { endpoint: missing }));
    expect(error).to.include({ reason: "key" });
    expect((error as Error).message).to.include("COSO_TEST_ABSENT");
    expect(server.requests).to.have.length(0);
  });
});

function filesUnder(directory: string): string[] {
  return readdirSync(directory, { recursive: true })
    .map((name) => join(directory, String(name)))
    .filter((file) => statSync(file).isFile());
}
