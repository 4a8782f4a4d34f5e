import { z } from "zod";

/** What says where a model is asked, and how: shared by prompted agents and judges. */

const positive = z.int().min(1);
const amount = z.number().min(0);

/** A longer wait for the head of an answer ends inside Node, whatever is set here. */
const LONGEST_TIMEOUT_MS = 300_000;

const baseUrl = z.string().transform((text, context) => {
  const problem = urlProblem(text);
  if (problem === undefined) return text.replace(/\/+$/, "");
  // What came may hold a password, so it is not repeated.
  context.addIssue({ code: "custom", message: problem, input: "(not shown)" });
  return z.NEVER;
});

/** Capital letters alone: a key that was put here by mistake is refused, and not repeated. */
const keyVariable = z.string().superRefine((text, context) => {
  if (/^[A-Z_][A-Z0-9_]*$/.test(text)) return;
  const message = "expected the name of an environment variable in capital letters, such as OPENAI_API_KEY";
  context.addIssue({ code: "custom", message, input: "(not shown, lest it be a key)" });
});

const requestBody = z
  .record(z.string(), z.json())
  .default({})
  .describe(
    "Fields added to every request, such as { reasoning_effort: 'low' }; they are part of what an answer is to.",
  );

const openAi = z.strictObject({
  kind: z
    .literal("openai")
    .describe("Chat completions, as OpenAI, vLLM, llama.cpp, Ollama and many others speak them."),
  baseUrl: baseUrl.default("https://api.openai.com/v1").describe("Up to and without `/chat/completions`."),
  model: z.string().min(1),
  keyVariable: keyVariable.nullable().default("OPENAI_API_KEY").describe("Holds the key; null: no key is sent."),
  tokenLimitField: z
    .enum(["max_tokens", "max_completion_tokens"])
    .default("max_tokens")
    .describe("Which field carries sampling.maxNewTokens; OpenAI's reasoning models know only the second."),
  body: requestBody,
});

const gemini = z.strictObject({
  kind: z.literal("gemini").describe("`generateContent` of the Gemini API."),
  baseUrl: baseUrl.default("https://generativelanguage.googleapis.com/v1beta").describe("Up to and without `/models`."),
  model: z.string().regex(/^[\w.-]+(\/[\w.-]+)?$/, "a model's name, such as gemini-2.5-flash"),
  keyVariable: keyVariable.nullable().default("GEMINI_API_KEY").describe("Holds the key; null: no key is sent."),
  body: requestBody,
});

export const samplingSchema = z.strictObject({
  temperature: amount
    .nullable()
    .default(0.2)
    .describe("null: none is sent, as some models take no other than their own."),
  maxNewTokens: positive.default(256).describe("Longest utterance, in tokens of the endpoint, thoughts included."),
});

export const requestsSchema = z.strictObject({
  concurrent: positive.default(8).describe("Requests under way at once; does not change the result."),
  perMinute: positive.nullable().default(null).describe("Most requests a minute, evenly spread; null: no limit."),
  retries: z.int().min(0).default(6).describe("Further attempts after a fault that may pass."),
  firstRetryMs: positive.default(1000).describe("Wait before the first of them; each further one is twice as long."),
  timeoutMs: positive.max(LONGEST_TIMEOUT_MS).default(60_000).describe("For one attempt."),
});

export const endpointSchema = z.discriminatedUnion("kind", [openAi, gemini]);

export type Endpoint = z.output<typeof endpointSchema>;
export type EndpointSampling = z.output<typeof samplingSchema>;
export type EndpointRequests = z.output<typeof requestsSchema>;

function urlProblem(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !["http:", "https:"].includes(url.protocol)) {
    return "expected an http or https address, such as http://localhost:8000/v1";
  }
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    return "expected an address without user, password, query and fragment; a key belongs into endpoint.keyVariable";
  }
  return undefined;
}
