import { z } from "zod";
import { importDefault } from "../config/load.ts";
import { applyOverrides } from "../config/overrides.ts";
import { invalidSettings, parseSettings, resolveEnvironment } from "../config/parse-settings.ts";
import { experimentSchema } from "../config/schema.ts";
import { type Endpoint, endpointSchema, requestsSchema, samplingSchema } from "./endpoint.ts";

/** The shape of a prompting file. Input is what a researcher writes, output what a run uses: every default filled in. */

const positive = z.int().min(1);
const amount = z.number().min(0);

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
  endpoint: endpointSchema,
  sampling: samplingSchema.prefault({}),
  requests: requestsSchema.prefault({}),
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
