import { definePrompting } from "../../ts/index.ts";

/**
 * As prompting-openai.ts, by Gemini's API. Its thoughts count as output tokens and would use up the limit, so they are switched off.
 */
export default definePrompting({
  name: "prompting-gemini",
  environment: { id: "phone/canvas", settings: { split: "test", prompt: "explained" } },
  endpoint: {
    kind: "gemini",
    model: "gemini-2.5-flash",
    body: { generationConfig: { thinkingConfig: { thinkingBudget: 0 } } },
  },
  sampling: { temperature: 0.2, maxNewTokens: 400 },
  requests: { concurrent: 4, perMinute: 60 },
  evaluation: { episodes: 96 },
});
