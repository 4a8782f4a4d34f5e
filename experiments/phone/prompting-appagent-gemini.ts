import { definePrompting } from "../../ts/index.ts";

/**
 * As prompting-appagent.ts, by Gemini's API, without its thoughts, which would use up the limit.
 */
export default definePrompting({
  name: "prompting-appagent-gemini",
  environment: { id: "phone/canvas", settings: { split: "test", format: "appagent" } },
  endpoint: {
    kind: "gemini",
    model: "gemini-2.5-flash",
    body: { generationConfig: { thinkingConfig: { thinkingBudget: 0 } } },
  },
  sampling: { temperature: 0.2, maxNewTokens: 400 },
  requests: { concurrent: 4, perMinute: 60 },
  evaluation: { episodes: 96 },
});
