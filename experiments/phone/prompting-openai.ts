import { definePrompting } from "../../ts/index.ts";

/**
 * A prompted model alone on the simulated phone: it sees the screen and says points, in AutoUI's form, which its prompt explains.
 * The other tasks by `--set environment.settings.tasks=webshopping`; a real phone by `environment.id=phone/adb`; a server of your
 * own as in experiments/gym-cards/prompting-openai.ts.
 */
export default definePrompting({
  name: "prompting-openai",
  environment: { id: "phone/canvas", settings: { split: "test", prompt: "explained" } },
  endpoint: { kind: "openai", model: "gpt-4o" },
  sampling: { temperature: 0.2, maxNewTokens: 400 },
  requests: { concurrent: 8 },
  evaluation: { episodes: 96 },
});
