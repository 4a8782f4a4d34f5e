import { ConfigError, coso, defineExperiment, type Experiment, rl4vlm } from "../../ts/index.ts";
import numberline7b from "../gym-cards/numberline-7b.ts";
import quickstart from "../quickstart.ts";
import type { Calibration } from "./calibration.ts";

const game = "numberline";

const workloads: Readonly<Record<Calibration["workload"], Experiment>> = {
  "numberline-7b": numberline7b,
  /** One environment and one step a pass, as the reference has it. */
  "rl4vlm-numberline": defineExperiment({
    name: "rl4vlm-numberline",
    ...rl4vlm({ game, path: "llava-hf/llava-v1.6-mistral-7b-hf" }),
    ...coso({ game }),
  }),
  quickstart,
};

/**
 * - `lora`: adapters learn, and they alone are handed over
 * - `full`: every weight learns, sharded over the trainers (FSDP)
 */
export const UPDATES = ["lora", "full"] as const;
export type Update = (typeof UPDATES)[number];

/** @throws ConfigError for a policy whose weights all learn already. */
export function workloadNamed(name: Calibration["workload"], update: Update): Experiment {
  const experiment = workloads[name];
  if (update === "lora") return experiment;
  if (experiment.policy.kind === "checkpoint") {
    return { ...experiment, policy: { ...experiment.policy, lora: null } };
  }
  throw new ConfigError(`--update full: every weight of ${name} learns already; leave it out`);
}
