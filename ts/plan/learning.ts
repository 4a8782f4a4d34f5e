import type { Experiment } from "../config.ts";
import type { Learning } from "./activations.ts";
import type { Computation } from "./arithmetic.ts";
import { adapterParameters, parametersOf, unreachedVisionParameters } from "./parameters.ts";
import type { ModelShape } from "./shapes.ts";

/** Bytes of a float32. */
export const FLOAT32 = 4;

/** Numbers of weights: those that never change, those that learn, and of them those that a gradient reaches. */
export function weightCounts(
  experiment: Experiment,
  shape: ModelShape,
): { readonly frozen: number; readonly learning: number; readonly reached: number } {
  const { text, vision, projector } = parametersOf(shape);
  const adapters = adaptersOf(experiment);
  if (adapters !== null) {
    const counts = adapterParameters(shape, adapters);
    return { frozen: text + vision + projector, learning: counts.text + counts.vision, reached: counts.reached };
  }
  const isFrozen = experiment.policy.kind === "checkpoint" && experiment.policy.isVisionFrozen;
  const learning = text + projector + (isFrozen ? 0 : vision);
  const unreached = isFrozen || shape.vision === null ? 0 : unreachedVisionParameters(shape.vision);
  return { frozen: isFrozen ? vision : 0, learning, reached: learning - unreached };
}

/** Autocast keeps the weights it has lowered until the pass is over. */
export function loweredCopies(experiment: Experiment, shape: ModelShape): Record<string, number> {
  if (adaptersOf(experiment) !== null || computeBytes(experiment) === FLOAT32) return {};
  return { loweredWeights: weightCounts(experiment, shape).learning * computeBytes(experiment) };
}

export function adaptersOf({ policy }: Experiment): { rank: number; targets: "language" | "everything" } | null {
  return policy.kind === "checkpoint" ? policy.lora : null;
}

export function computeBytes({ worker }: Experiment): 2 | 4 {
  return worker.dtype === "bfloat16" ? 2 : 4;
}

export function hasLearningVision({ policy }: Experiment): boolean {
  if (policy.kind !== "checkpoint") return true;
  return policy.lora === null ? !policy.isVisionFrozen : policy.lora.targets === "everything";
}

export function learningOf(experiment: Experiment, stage: "sft" | "rl" | "evaluation"): Learning {
  const lora = experiment.policy.kind === "checkpoint" ? experiment.policy.lora : null;
  const stages = { nothing: [], sft: ["sft"], "sft-and-rl": ["sft", "rl"] } as const;
  const adapters =
    lora === null
      ? null
      : { rank: lora.rank, dropsOut: lora.dropout > 0 && stages[lora.dropoutIn].some((one) => one === stage) };
  return { computeBytes: computeBytes(experiment), adapters };
}

export function computationOf(experiment: Experiment): Computation {
  return { computeBytes: computeBytes(experiment), adapters: adaptersOf(experiment) };
}
