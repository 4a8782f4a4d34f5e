import type { Params } from "../protocol/messages.ts";
import type { Experiment } from "./schema.ts";

/**
 * What `mismatch.oldLogProbs` comes to: a pass of its own only where sampling differs by more than rounding in float32.
 * Where rollouts run ahead, the pass is made when their turn to be learned from has come.
 */
export function oldLogProbsOf({ mismatch, worker, rollout }: Experiment): Params<"build">["oldLogProbs"] {
  if (rollout.staleness > 0) return "at-update";
  if (mismatch.oldLogProbs !== "auto") return mismatch.oldLogProbs;
  return worker.engine.kind === "transformers" && worker.dtype === "float32" ? "sampled" : "recomputed";
}
