import { definePrompting } from "../../ts/index.ts";

/**
 * A prompted model on NumberLine, by OpenAI's API or any server that speaks it; other games by `--set environment.id=points24`.
 * A server of your own (vLLM, llama.cpp, Ollama): `--set endpoint.baseUrl=http://localhost:8000/v1 endpoint.model=NAME
 * endpoint.keyVariable=null`. Prices are the endpoint's to tell; set them to see what a run costs.
 */
export default definePrompting({
  name: "prompting-openai",
  environment: { id: "numberline" },
  endpoint: { kind: "openai", model: "gpt-4o" },
  sampling: { temperature: 0.2, maxNewTokens: 256 },
  requests: { concurrent: 8 },
  evaluation: { episodes: 200 },
});
