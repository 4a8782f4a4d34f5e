import { z } from "zod";
import { importDefault } from "../config/load.ts";
import { applyOverrides } from "../config/overrides.ts";
import { invalidSettings, parseSettings, resolveEnvironment } from "../config/parse-settings.ts";
import { experimentSchema } from "../config/schema.ts";

/** The shape of a prompting file. Input is what a researcher writes, output what a run uses: every default filled in. */

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

const sampling = z.strictObject({
  temperature: amount
    .nullable()
    .default(0.2)
    .describe("null: none is sent, as some models take no other than their own."),
  maxNewTokens: positive.default(256).describe("Longest utterance, in tokens of the endpoint, thoughts included."),
});

const requests = z.strictObject({
  concurrent: positive.default(8).describe("Requests under way at once; does not change the result."),
  perMinute: positive.nullable().default(null).describe("Most requests a minute, evenly spread; null: no limit."),
  retries: z.int().min(0).default(6).describe("Further attempts after a fault that may pass."),
  firstRetryMs: positive.default(1000).describe("Wait before the first of them; each further one is twice as long."),
  timeoutMs: positive.max(LONGEST_TIMEOUT_MS).default(60_000).describe("For one attempt."),
});

const prices = z.strictObject({
  inputPerMillion: amount.describe("Money for a million input tokens."),
  outputPerMillion: amount,
  currency: z.string().min(1).default("USD"),
});

const budget = z.strictObject({
  requests: positive.nullable().default(null).describe("Most requests of the run, retries included; null: no limit."),
  money: z.number().gt(0).nullable().default(null).describe("No request begins once this is spent; null: no limit."),
});

const promptingSchema = z.strictObject({
  name: experimentSchema.shape.name,
  seed: experimentSchema.shape.seed.describe("Decides episodes and fallback actions, and which draw is whose."),
  environment: experimentSchema.shape.environment,
  endpoint: z.discriminatedUnion("kind", [openAi, gemini]),
  sampling: sampling.prefault({}),
  requests: requests.prefault({}),
  prices: prices.nullable().default(null).describe("null: tokens are counted, money is not."),
  budget: budget.prefault({}),
  cache: z
    .strictObject({
      folder: z
        .string()
        .min(1)
        .nullable()
        .default(null)
        .describe("Where answers are kept, for several runs to share; null: in the run folder."),
    })
    .prefault({}),
  evaluation: z
    .strictObject({
      episodes: positive.default(200),
      environments: positive.default(256).describe("Episodes in flight at once."),
    })
    .prefault({}),
});

/** What a researcher writes. */
export type PromptingInput = z.input<typeof promptingSchema>;
/** What a run uses: every default filled in. */
export type Prompting = z.output<typeof promptingSchema>;
export type Endpoint = Prompting["endpoint"];

/**
 * Checks the evaluation of a model behind an HTTP endpoint and fills in its defaults.
 *
 * ```ts
 * export default definePrompting({
 *   name: "local-qwen",
 *   environment: { id: "numberline" },
 *   endpoint: { kind: "openai", baseUrl: "http://localhost:8000/v1", model: "Qwen/Qwen2.5-VL-7B-Instruct", keyVariable: null },
 * });
 * ```
 * @throws ConfigError with a line for everything that is wrong: the path, what was expected, what came, the mend.
 */
export function definePrompting(input: PromptingInput): Prompting {
  const prompting = parseSettings(promptingSchema, input, "prompting");
  const found = contradictions(prompting);
  if (found.length > 0) throw invalidSettings("prompting", found);
  return { ...prompting, environment: resolveEnvironment(prompting.environment) };
}

/** What the command line may change of a prompting file. */
export interface PromptingChanges {
  seed?: number;
  episodes?: number;
  /** `key.path=value` each. */
  set?: readonly string[];
}

/**
 * Imports a prompting file and applies the command line's changes to its default export.
 * @throws ConfigError when the file is missing, has no default export, or is none.
 */
export async function loadPrompting(file: string, { seed, episodes, set = [] }: PromptingChanges): Promise<Prompting> {
  const input = await importDefault(file, "definePrompting");
  const overrides = [
    ...set,
    ...(seed === undefined ? [] : [`seed=${seed}`]),
    ...(episodes === undefined ? [] : [`evaluation.episodes=${episodes}`]),
  ];
  return definePrompting(applyOverrides(input, overrides) as PromptingInput);
}

/** Fields of a request that other settings decide. */
const decidedElsewhere: Readonly<Record<Endpoint["kind"], readonly string[]>> = {
  openai: ["model", "messages", "temperature", "max_tokens", "max_completion_tokens", "n", "stream"],
  gemini: ["model", "contents", "generationConfig.temperature", "generationConfig.maxOutputTokens"],
};

function contradictions({ endpoint, budget: { money }, prices: known }: Prompting): string[] {
  const found = decidedElsewhere[endpoint.kind]
    .filter((path) => hasPath(endpoint.body, path.split(".")))
    .map((path) => `endpoint.body.${path}: expected none; other settings decide it, or it would be another task`);
  if (money !== null && known === null) {
    found.push("budget.money: needs prices, which are null; set prices, or budget.requests instead");
  }
  return found;
}

function hasPath(value: unknown, [key, ...rest]: readonly string[]): boolean {
  if (key === undefined) return true;
  return typeof value === "object" && value !== null && key in value && hasPath(Reflect.get(value, key), rest);
}

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
