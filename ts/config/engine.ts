import type { Experiment } from "./schema.ts";

/** Whether a copy of the policy says the utterances, in a process of its own. */
export function hasEngineApart({ worker: { engine } }: Pick<Experiment, "worker">): boolean {
  return engine.kind === "vllm" || engine.ownProcess;
}
