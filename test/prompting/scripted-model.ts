import { numberLineFrame } from "../../ts/environments/numberline/frame.ts";
import { definePrompting, type Prompting, type PromptingInput } from "../../ts/prompting/definition.ts";
import type { Seen } from "../fake-endpoint.ts";
import { fingerprint } from "../fake-worker.ts";

const pairs = new Map<string, { current: number; target: number }>();
for (let current = 0; current <= 5; current++) {
  for (let target = 0; target <= 5; target++) {
    pairs.set(fingerprint(numberLineFrame({ current, target }).rgb), { current, target });
  }
}

/** What NumberLine's image shows. @throws Error for pixels that are none of its frames. */
export function readFrame(rgb: Uint8Array | null | undefined): { current: number; target: number } {
  const pair = pairs.get(fingerprint(rgb ?? new Uint8Array()));
  if (pair === undefined) throw new Error("no frame of NumberLine arrived");
  return pair;
}

export const hardTarget = 3;

/** Moves to the target, but never to the hard one: there it says the other action. */
export function speakWell({ rgb }: Pick<Seen, "rgb">): string {
  const { current, target } = readFrame(rgb);
  const action = target > current !== (target === hardTarget) ? "+" : "-";
  return JSON.stringify({ thoughts: `from ${current} to ${target}`, action });
}

/** Over `baseUrl`, with waits of no length. */
export function scriptedPrompting(baseUrl: string, changes: Partial<PromptingInput> = {}): Prompting {
  return definePrompting({
    name: "scripted",
    environment: { id: "numberline", settings: { prompt: "brief" } },
    endpoint: { kind: "openai", baseUrl, model: "fake-model", keyVariable: null },
    requests: { concurrent: 8, firstRetryMs: 1, retries: 3, timeoutMs: 5000 },
    evaluation: { episodes: 24 },
    ...changes,
  });
}
