import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Experiment } from "../config.ts";
import type { Card } from "./cards.ts";
import { type Division, divisionOf } from "./division.ts";
import { type MemoryPlan, memoryPlan } from "./memory.ts";
import { parametersOf } from "./parameters.ts";
import { shapeOf } from "./read-shape.ts";
import { type Remedy, remedyFor } from "./remedy.ts";
import { KNOWN_SHAPES, type ModelShape } from "./shapes.ts";
import { type TimePlan, timePlan } from "./time.ts";
import { type Workload, workloadOf } from "./workload.ts";

/** What an experiment needs, before anything is loaded. Bytes and seconds. */
export interface Plan {
  readonly name: string;
  readonly card: Card;
  /** Over cards of this kind; memory is that of one of them. */
  readonly division: Division;
  readonly shape: { readonly source: string; readonly parameters: number };
  readonly workload: Workload;
  /** `engine` of it says which card that has. */
  readonly memory: MemoryPlan;
  /** Settings with which it would fit; null where it does as it is. */
  readonly remedy: Remedy | null;
  readonly time: TimePlan;
  /** What would stop the run, or make it learn nothing, whatever the card. */
  readonly contradictions: readonly string[];
}

/**
 * @param engineCard of an engine that has one to itself
 * @throws ConfigError when the policy's shape cannot be told.
 */
export async function planOf(experiment: Experiment, card: Card, engineCard: Card = card): Promise<Plan> {
  const shape = shapeOf(experiment.policy);
  const workload = await workloadOf(experiment, shape);
  const memoryOf = (changed: Experiment): MemoryPlan => memoryPlan(changed, shape, workload, card, engineCard);
  const memory = memoryOf(experiment);
  const { text, vision, projector } = parametersOf(shape);
  return {
    name: experiment.name,
    card,
    division: divisionOf(experiment),
    shape: { source: shape.source, parameters: text + vision + projector },
    workload,
    memory,
    remedy: memory.fits ? null : remedyFor(experiment, memoryOf),
    time: timePlan(experiment, shape, workload, card, memory.engine),
    contradictions: contradictionsOf(experiment, shape, workload),
  };
}

function contradictionsOf({ policy, sampling }: Experiment, shape: ModelShape, workload: Workload): string[] {
  const found: string[] = [];
  const longest = workload.prompt + sampling.maxNewTokens;
  const { contextLength } = shape.text;
  if (contextLength !== null && longest > contextLength) {
    found.push(
      `sampling.maxNewTokens: prompt and utterance may reach ${longest} tokens, the policy reads ${contextLength}`,
    );
  }
  if (policy.kind === "checkpoint" && KNOWN_SHAPES[policy.path] === undefined) {
    found.push(...missingFiles(policy.path, shape));
  }
  return found;
}

/** A folder may hold more than the plan needs, but the run needs it. */
function missingFiles(path: string, { vision }: ModelShape): string[] {
  const has = (names: readonly string[]): boolean => names.some((name) => existsSync(join(path, name)));
  const needed: [what: string, names: readonly string[]][] = [
    [
      "weights",
      ["model.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json"],
    ],
    ["tokenizer", ["tokenizer.json", "tokenizer.model", "vocab.json"]],
  ];
  if (vision !== null) needed.push(["image processor", ["preprocessor_config.json", "processor_config.json"]]);
  return needed
    .filter(([, names]) => !has(names))
    .map(([what, names]) => `policy.path: ${path} has no ${what}; expected one of ${names.join(", ")}`);
}
