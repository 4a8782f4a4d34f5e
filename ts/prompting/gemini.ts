import { z } from "zod";
import type { JsonValue } from "../environments/environment.ts";
import { type Dialect, type Ending, pngBase64 } from "./dialect.ts";
import type { Endpoint } from "./endpoint.ts";

/** `POST {baseUrl}/models/{model}:generateContent`. */
export const geminiDialect: Dialect<Extract<Endpoint, { kind: "gemini" }>> = {
  url: ({ baseUrl, model }) => `${baseUrl}/${model.includes("/") ? model : `models/${model}`}:generateContent`,
  headers: (key) => ({ "x-goog-api-key": key }),
  body: ({ body }, message, { temperature, maxNewTokens }) => ({
    contents: [
      {
        role: "user",
        parts: message.map((part) =>
          typeof part === "string" ? { text: part } : { inlineData: { mimeType: "image/png", data: pngBase64(part) } },
        ),
      },
    ],
    ...body,
    generationConfig: {
      ...membersOf(body.generationConfig),
      ...(temperature !== null && { temperature }),
      maxOutputTokens: maxNewTokens,
    },
  }),
  read(reply) {
    const parsed = replySchema.safeParse(reply);
    if (!parsed.success) return undefined;
    const { candidates = [], promptFeedback, usageMetadata } = parsed.data;
    const [candidate] = candidates;
    const reported = {
      model: parsed.data.modelVersion ?? null,
      inputTokens: usageMetadata?.promptTokenCount ?? null,
      outputTokens: outputTokens(usageMetadata),
    };
    if (candidate === undefined) {
      return promptFeedback?.blockReason == null ? undefined : { utterance: "", ending: "withheld", ...reported };
    }
    const shown = (candidate.content?.parts ?? []).filter(({ thought }) => thought !== true);
    return {
      utterance: shown.map(({ text = "" }) => text).join(""),
      ending: endingOf(candidate.finishReason),
      ...reported,
    };
  },
};

const tokens = z.int().min(0).nullish();
const usageSchema = z.looseObject({
  promptTokenCount: tokens,
  candidatesTokenCount: tokens,
  thoughtsTokenCount: tokens,
});
const part = z.looseObject({ text: z.string().optional(), thought: z.boolean().optional() });
const replySchema = z.looseObject({
  candidates: z
    .array(
      z.looseObject({
        content: z.looseObject({ parts: z.array(part).optional() }).nullish(),
        finishReason: z.string().nullish(),
      }),
    )
    .optional(),
  modelVersion: z.string().nullish(),
  promptFeedback: z.looseObject({ blockReason: z.string().nullish() }).nullish(),
  usageMetadata: usageSchema.nullish(),
});

/** An answer of no tokens has no count of them; without a count of the prompt's either, nothing was counted. */
function outputTokens(usage: z.output<typeof usageSchema> | null | undefined): number | null {
  if (usage?.promptTokenCount == null) return null;
  return (usage.candidatesTokenCount ?? 0) + (usage.thoughtsTokenCount ?? 0);
}

/** Every other reason means that the endpoint stepped in: SAFETY, RECITATION, PROHIBITED_CONTENT, … */
function endingOf(reason: string | null | undefined): Ending {
  if (reason === "MAX_TOKENS") return "cut";
  return reason == null || reason === "STOP" ? "finished" : "withheld";
}

function membersOf(value: JsonValue | undefined): object {
  return typeof value === "object" && value !== null ? value : {};
}
