import { definePrompting } from "../../ts/index.ts";

/**
 * A prompted model on labelled elements, as AppAgent has them: it sees numbers on what can be touched and names them. AppAgent's
 * first phase, in which it explores an app and writes down what each element does, is left out. Servers of your own and other
 * tasks as prompting-openai.ts.
 */
export default definePrompting({
  name: "prompting-appagent",
  environment: { id: "phone/canvas", settings: { split: "test", format: "appagent" } },
  endpoint: { kind: "openai", model: "gpt-4o" },
  sampling: { temperature: 0.2, maxNewTokens: 400 },
  requests: { concurrent: 8 },
  evaluation: { episodes: 96 },
});
