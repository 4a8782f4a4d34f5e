import { coso, rl4vlm } from "../../ts/index.ts";
import { SFT_7B } from "../gym-cards/coso-7b.ts";

const BASE = "llava-hf/llava-v1.6-mistral-7b-hf";

/**
 * CoSo over RL4VLM with LLaVA-1.6-Mistral-7B in AI2-THOR's rooms, the right half of the paper's Table 2: one environment,
 * 12,000 steps, of which eleven whole iterations of 1,024. `path`: a checkpoint that has been through SFT on ALFWorld,
 * since AI2-THOR has no scripted demonstrations here.
 */
export function cosoThor7b(path: string) {
  const game = "alfworld/thor";
  return {
    name: "coso-alfworld-thor-7b",
    ...rl4vlm({ game, path }),
    ...coso({ game }),
    checkpoint: { every: 1 },
  } as const;
}

/**
 * The same in text worlds with the schematic view, for a machine without Unity: another environment than the paper's,
 * whose figures do not compare. SFT on the planner's demonstrations teaches the format; its settings are ours.
 */
export function cosoSchematic7b() {
  const game = "alfworld/text";
  const base = rl4vlm({ game, path: BASE, batching: "parallel" });
  const method = coso({ game });
  return {
    name: "coso-alfworld-schematic-7b",
    ...base,
    ...method,
    // Here φ has texts to learn from before RL: as on Gym Cards.
    scm: { ...method.scm, pretraining: coso({ game: "numberline" }).scm.pretraining },
    environment: { ...base.environment, settings: { ...base.environment.settings, view: "schematic", prompt: "full" } },
    sft: SFT_7B,
    checkpoint: { every: 1 },
  } as const;
}
