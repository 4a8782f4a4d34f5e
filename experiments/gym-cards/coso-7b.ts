import { type CardGame, coso, rl4vlm } from "../../ts/index.ts";

/** Teaches the format, of which the checkpoint as published knows nothing; the paper does not give its own settings. */
export const SFT_7B = {
  demonstrations: { count: 4000 },
  // Two passes over the demonstrations.
  steps: 125,
  batchSize: 64,
  microBatch: 8,
  learningRate: 1e-4,
};

/**
 * CoSo over RL4VLM with LLaVA-1.6-Mistral-7B, the paper's Table 2. SFT inside the run teaches the game's format, since the
 * checkpoint as published does not know it; its settings are ours. With a checkpoint that has been through SFT:
 * `--set policy.path=DIR sft=null`.
 */
export function coso7b(game: CardGame) {
  return {
    name: `coso-${game}-7b`,
    ...rl4vlm({ game, path: "llava-hf/llava-v1.6-mistral-7b-hf", batching: "parallel" }),
    ...coso({ game }),
    sft: SFT_7B,
    checkpoint: { every: 5 },
  } as const;
}
