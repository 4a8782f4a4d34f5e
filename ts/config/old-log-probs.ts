import type { Params } from "../protocol/messages.ts";
import type { Experiment } from "./schema.ts";

/** What `mismatch.oldLogProbs` comes to: a pass of its own only where sampling differs by more than rounding in float32. */
export function oldLogProbsOf({ mismatch, worker }: Experiment): Params<"build">["oldLogProbs"] {
  if (mismatch.oldLogProbs !== "auto") return mismatch.oldLogProbs;
  return worker.engine.kind === "transformers" && worker.dtype === "float32" ? "sampled" : "recomputed";
}
