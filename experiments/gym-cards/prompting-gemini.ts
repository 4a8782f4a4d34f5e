import { definePrompting } from "../../ts/index.ts";

/**
 * A prompted Gemini model on NumberLine; other games by `--set environment.id=points24`. Its thoughts count as output
 * tokens and would use up the limit, so they are switched off, as RL4VLM's agents have none but those they write.
 */
export default definePrompting({
  name: "prompting-gemini",
  environment: { id: "numberline" },
  endpoint: {
    kind: "gemini",
    model: "gemini-2.5-flash",
    body: { generationConfig: { thinkingConfig: { thinkingBudget: 0 } } },
  },
  sampling: { temperature: 0.2, maxNewTokens: 256 },
  requests: { concurrent: 4, perMinute: 60 },
  evaluation: { episodes: 200 },
});
