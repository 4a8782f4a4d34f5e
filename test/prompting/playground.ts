import type { PromptingInput } from "../../ts/prompting/definition.ts";
import { prompt } from "../../ts/prompting/run.ts";
import type { PromptingSummary } from "../../ts/prompting/summary.ts";
import { FakeEndpoint, type FakeEndpointOptions } from "../fake-endpoint.ts";
import { scriptedPrompting, speakWell } from "./scripted-model.ts";

interface Playground {
  /** A server that is gone after the test; it plays NumberLine well unless told otherwise. */
  serve(options?: Partial<FakeEndpointOptions>): Promise<FakeEndpoint>;
  /** A run in the folder of that name. */
  play(server: FakeEndpoint, name: string, changes?: Partial<PromptingInput>): Promise<PromptingSummary>;
}

/** For the tests of one `describe`; runs lie under `path`. */
export function playground(path: (...names: string[]) => string): Playground {
  const servers: FakeEndpoint[] = [];
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.stop()));
  });
  return {
    async serve(options = {}) {
      const server = await FakeEndpoint.start({ speak: speakWell, ...options });
      servers.push(server);
      return server;
    },
    play: (server, name, changes = {}) => prompt(scriptedPrompting(server.baseUrl, changes), { directory: path(name) }),
  };
}
