import { expect } from "chai";
import { numberLineFrame } from "../../ts/environments/numberline/frame.ts";
import { definePrompting, type PromptingInput } from "../../ts/prompting/definition.ts";
import type { Endpoint } from "../../ts/prompting/endpoint.ts";
import { geminiDialect } from "../../ts/prompting/gemini.ts";
import { messageOf } from "../../ts/prompting/message.ts";
import { openAiDialect } from "../../ts/prompting/openai.ts";

describe("what is said to endpoints", () => {
  const image = numberLineFrame({ current: 1, target: 4 });
  const message = messageOf({ prompt: "Which way?", image });
  const defined = (endpoint: PromptingInput["endpoint"], sampling: PromptingInput["sampling"] = {}) =>
    definePrompting({ name: "t", environment: { id: "numberline" }, endpoint, sampling });
  const openAi = (changes: object = {}, sampling?: PromptingInput["sampling"]) => {
    const prompting = defined({ kind: "openai", model: "m", ...changes }, sampling);
    const endpoint = prompting.endpoint as Extract<Endpoint, { kind: "openai" }>;
    return openAiDialect.body(endpoint, message, prompting.sampling);
  };
  const gemini = (changes: object = {}, sampling?: PromptingInput["sampling"]) => {
    const prompting = defined({ kind: "gemini", model: "g", ...changes }, sampling);
    const endpoint = prompting.endpoint as Extract<Endpoint, { kind: "gemini" }>;
    return { url: geminiDialect.url(endpoint), body: geminiDialect.body(endpoint, message, prompting.sampling) };
  };

  it("is, in OpenAI's form, one user message of image and prompt, and nothing else", () => {
    const body = openAi();
    expect(Object.keys(body)).to.deep.equal(["model", "messages", "temperature", "max_tokens"]);
    expect(JSON.stringify(body.messages)).to.match(
      /^\[\{"role":"user","content":\[\{"type":"image_url","image_url":\{"url":"data:image\/png;base64,iVBORw0KGgo[^"]+"\}\},\{"type":"text","text":"Which way\?"\}\]\}\]$/,
    );
  });

  it("carries the limit where the model wants it, no temperature where it takes none, and further fields", () => {
    const body = openAi(
      { tokenLimitField: "max_completion_tokens", body: { reasoning_effort: "low" } },
      { temperature: null, maxNewTokens: 99 },
    );
    expect(body).to.include({ max_completion_tokens: 99, reasoning_effort: "low" });
    expect(body).to.not.have.any.keys("max_tokens", "temperature");
  });

  it("is, in Gemini's form, one user turn of image and prompt", () => {
    const { url, body } = gemini();
    expect(url).to.equal("https://generativelanguage.googleapis.com/v1beta/models/g:generateContent");
    expect(Object.keys(body)).to.deep.equal(["contents", "generationConfig"]);
    expect(JSON.stringify(body.contents)).to.match(
      /^\[\{"role":"user","parts":\[\{"inlineData":\{"mimeType":"image\/png","data":"iVBORw0KGgo[^"]+"\}\},\{"text":"Which way\?"\}\]\}\]$/,
    );
    expect(body.generationConfig).to.deep.equal({ temperature: 0.2, maxOutputTokens: 256 });
  });

  it("keeps further settings of Gemini's generation beside its own", () => {
    const thinkingConfig = { thinkingBudget: 0 };
    expect(gemini({ body: { generationConfig: { thinkingConfig } } }).body.generationConfig).to.deep.equal({
      thinkingConfig,
      temperature: 0.2,
      maxOutputTokens: 256,
    });
  });
});

describe("what endpoints answer", () => {
  const usage = { inputTokens: null, outputTokens: null, model: null };
  const choice = (message: object, finish_reason: string | null) => ({ choices: [{ message, finish_reason }] });

  it("is read in OpenAI's form", () => {
    const read = (reply: unknown) => openAiDialect.read(reply);
    expect(read(choice({ content: "go" }, "length"))).to.deep.equal({ utterance: "go", ending: "cut", ...usage });
    expect(read(choice({ content: null }, "content_filter"))).to.deep.include({ utterance: "", ending: "withheld" });
    expect(read(choice({ content: null, refusal: "I can't." }, "stop"))).to.deep.include({ utterance: "I can't." });
    expect(read(choice({ content: [{ type: "text", text: "g" }, { text: "o" }] }, null))).to.deep.include({
      utterance: "go",
      ending: "finished",
    });
    for (const reply of [null, {}, { choices: [] }, { choices: [{}] }, "go"]) expect(read(reply)).to.equal(undefined);
  });

  it("is read in Gemini's form, thoughts counted but not taken for the utterance", () => {
    const read = (reply: unknown) => geminiDialect.read(reply);
    const parts = [{ text: "hm", thought: true }, { text: "g" }, { text: "o" }];
    const usageMetadata = { promptTokenCount: 10, candidatesTokenCount: 2, thoughtsTokenCount: 7 };
    expect(
      read({ candidates: [{ content: { parts }, finishReason: "STOP" }], usageMetadata, modelVersion: "g-1" }),
    ).to.deep.equal({ utterance: "go", ending: "finished", inputTokens: 10, outputTokens: 9, model: "g-1" });
    expect(read({ candidates: [{ content: {}, finishReason: "MAX_TOKENS" }] })).to.deep.include({ ending: "cut" });
    expect(read({ candidates: [{ finishReason: "SAFETY" }] })).to.deep.include({ utterance: "", ending: "withheld" });
    expect(read({ promptFeedback: { blockReason: "SAFETY" } })).to.deep.equal({
      utterance: "",
      ending: "withheld",
      ...usage,
    });
    for (const reply of [null, {}, { candidates: [] }, { candidates: 3 }]) expect(read(reply)).to.equal(undefined);
  });
});
