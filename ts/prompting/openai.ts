import { z } from "zod";
import type { JsonValue } from "../environments/environment.ts";
import { type Dialect, type Ending, pngBase64 } from "./dialect.ts";
import type { Endpoint } from "./endpoint.ts";
import type { Message } from "./message.ts";

/** `POST {baseUrl}/chat/completions`. Servers differ in what they leave out, so little is demanded of a reply. */
export const openAiDialect: Dialect<Extract<Endpoint, { kind: "openai" }>> = {
  url: ({ baseUrl }) => `${baseUrl}/chat/completions`,
  headers: (key) => ({ authorization: `Bearer ${key}` }),
  body: ({ model, tokenLimitField, body }, message, { temperature, maxNewTokens }) => ({
    model,
    messages: [{ role: "user", content: contentOf(message) }],
    ...(temperature !== null && { temperature }),
    [tokenLimitField]: maxNewTokens,
    ...body,
  }),
  read(reply) {
    const parsed = replySchema.safeParse(reply);
    const choice = parsed.data?.choices[0];
    if (choice === undefined) return undefined;
    const { prompt_tokens = null, completion_tokens = null } = parsed.data?.usage ?? {};
    return {
      utterance: textOf(choice.message),
      ending: endingOf(choice.finish_reason),
      model: parsed.data?.model ?? null,
      inputTokens: prompt_tokens,
      outputTokens: completion_tokens,
    };
  },
};

function contentOf(message: Message): JsonValue {
  const [only] = message;
  if (message.length === 1 && typeof only === "string") return only;
  return message.map((part) =>
    typeof part === "string"
      ? { type: "text", text: part }
      : { type: "image_url", image_url: { url: `data:image/png;base64,${pngBase64(part)}` } },
  );
}

const tokens = z.int().min(0).nullish();
const message = z.looseObject({
  content: z.union([z.string(), z.array(z.looseObject({ text: z.string().optional() }))]).nullish(),
  refusal: z.string().nullish(),
});
const replySchema = z.looseObject({
  choices: z.array(z.looseObject({ message, finish_reason: z.string().nullish() })),
  model: z.string().nullish(),
  usage: z.looseObject({ prompt_tokens: tokens, completion_tokens: tokens }).nullish(),
});

function textOf({ content, refusal }: z.output<typeof message>): string {
  if (Array.isArray(content)) return content.map(({ text = "" }) => text).join("");
  return content ?? refusal ?? "";
}

function endingOf(reason: string | null | undefined): Ending {
  if (reason === "length") return "cut";
  return reason === "content_filter" ? "withheld" : "finished";
}
