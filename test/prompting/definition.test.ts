import { expect } from "chai";
import { ConfigError } from "../../ts/errors.ts";
import { definePrompting, loadPrompting, type PromptingInput } from "../../ts/prompting/definition.ts";

describe("definePrompting", () => {
  const minimal: PromptingInput = {
    name: "minimal",
    environment: { id: "numberline" },
    endpoint: { kind: "openai", model: "m" },
  };
  const refused = (changes: object, ...words: string[]): void => {
    expect(() => definePrompting({ ...minimal, ...changes } as PromptingInput))
      .to.throw(ConfigError)
      .with.property("message")
      .that.satisfies((message: string) => words.every((word) => message.includes(word)), `${words}`);
  };

  it("fills in every default, and changes nothing when it is done again", () => {
    const resolved = definePrompting(minimal);
    expect(resolved.endpoint).to.include({ baseUrl: "https://api.openai.com/v1", keyVariable: "OPENAI_API_KEY" });
    expect(resolved).to.deep.include({
      prices: null,
      budget: { requests: null, money: null },
      cache: { folder: null },
    });
    expect(resolved.environment.settings).to.deep.equal({ prompt: "full" });
    expect(definePrompting(JSON.parse(JSON.stringify(resolved)))).to.deep.equal(resolved);
  });

  it("takes a trailing slash off the address", () => {
    const { endpoint } = definePrompting({
      ...minimal,
      endpoint: { kind: "openai", model: "m", baseUrl: "http://a/v1/" },
    });
    expect(endpoint.baseUrl).to.equal("http://a/v1");
  });

  it("names what is wrong, and the nearest name", () => {
    refused({ enpoint: {} }, "enpoint: no such setting; did you mean `endpoint`?");
    refused({ endpoint: { kind: "openai", model: "m", modl: 1 } }, "endpoint.modl", "did you mean `model`?");
    refused({ endpoint: { kind: "claude", model: "m" } }, 'expected "openai" | "gemini", received "claude"');
    refused({ environment: { id: "numberlin" } }, "environment.id");
    refused({ requests: { timeoutMs: 1e9 } }, "requests.timeoutMs: expected at most 300000");
    refused({ budget: { money: 3 } }, "budget.money: needs prices");
  });

  it("refuses fields that would make it another task", () => {
    const openAi = { kind: "openai", model: "m" };
    refused({ endpoint: { ...openAi, body: { n: 4 } } }, "endpoint.body.n: expected none");
    refused({ endpoint: { ...openAi, body: { messages: [] } } }, "endpoint.body.messages");
    const generationConfig = { temperature: 1 };
    refused({ endpoint: { kind: "gemini", model: "g", body: { generationConfig } } }, "generationConfig.temperature");
  });

  it("repeats nothing that could be a secret", () => {
    for (const changes of [
      { keyVariable: "sk-secret" },
      { baseUrl: "https://me:secret@host/v1" },
      { baseUrl: "ftp:secret" },
    ]) {
      expect(() => definePrompting({ ...minimal, endpoint: { kind: "openai", model: "m", ...changes } }))
        .to.throw(ConfigError)
        .with.property("message")
        .that.does.not.include("secret");
    }
  });

  it("loads the experiments' files, with changes", async () => {
    for (const kind of ["openai", "gemini"]) {
      const changes = { seed: 3, episodes: 7, set: ["environment.id=blackjack"] };
      const prompting = await loadPrompting(`experiments/gym-cards/prompting-${kind}.ts`, changes);
      expect(prompting).to.deep.include({ seed: 3, evaluation: { episodes: 7, environments: 256 } });
      expect(prompting.environment.id).to.equal("blackjack");
      expect(prompting.endpoint.kind).to.equal(kind);
    }
  });
});
