import { coso, defineComparison, rl4vlm, UNIFORM_ENTROPY } from "../../ts/index.ts";

const GAME = "alfworld/text";

/**
 * Table C.1: agents that are language models on ALFWorld's text worlds (AlfredTWEnv), Qwen2.5-7B-Instruct without SFT,
 * 12,000 environment steps. **Not run to the end here**: it wants one card of 80 GB, and the official games in the folder
 * that ALFWORLD_DATA names. What it needs: `npx coso doctor --plan experiments/paper/table-c1.ts`.
 *
 * The paper's figures, success in % by type of task, and the mean weighted by how often each type occurs:
 *
 * | | Pick | Look | Clean | Heat | Cool | Pick2 | Avg. |
 * |---|--:|--:|--:|--:|--:|--:|--:|
 * | RL4VLM (LLM agent) | 62.9 | 38.5 | 35.0 | 33.3 | 25.9 | 11.1 | 32.8 |
 * | CoSo (LLM agent) | 77.1 | 24.2 | 40.7 | 37.5 | 35.3 | 7.0 | 39.6 |
 *
 * Where the numbers come from:
 * - Model, no SFT, 12,000 steps: the paper, appendix C.
 * - All of PPO, sampling and LoRA: RL4VLM's script for ALFWorld, since the paper names that baseline and changes nothing of
 *   it (`ts/presets/rl4vlm.ts`): 1,024 steps an iteration and so 11 iterations, λ 0.2, batches of 256. An utterance is one
 *   action, with one ratio: no step is split into tokens.
 * - α = 1.0 and φ's learning rate 1e-5: the paper, appendix B.3.
 *
 * Where the paper is silent, and what stands here:
 * - Seeds: three, as Table 2 has.
 * - LoRA for this model: RL4VLM's for LLaVA, rank 128, on all linear layers of the language model.
 * - The prompt without an image: the one of Appendix F, in which the scene is described instead of the image.
 * - Over what α counts: the mean over an utterance's tokens, as the published code does.
 * - φ before RL: it is untrained, for without SFT there are no texts to train it on.
 * - Which games are reported: those of the split that is trained on, as RL4VLM does; `environment.settings.split` changes it.
 *   Rates are of 200 sampled episodes of the final policy, where RL4VLM takes the last 200 of training.
 * - RL + H is not in the paper's table. Its α is CoSo's.
 */
export default defineComparison({
  name: "table-c1",
  base: {
    name: "table-c1",
    ...rl4vlm({ game: GAME, path: "Qwen/Qwen2.5-7B-Instruct", batching: "parallel" }),
    checkpoint: { every: 1 },
  },
  methods: {
    RL: { experiment: {}, tuned: false },
    "RL+H": { experiment: UNIFORM_ENTROPY, tuned: false },
    CoSo: { experiment: coso({ game: GAME }), tuned: false },
  },
  seeds: [0, 1, 2],
});
