import { defineComparison } from "../../ts/index.ts";
import quickstart from "../quickstart.ts";

/**
 * Table D.1: parameters, peak memory and time of RL, RL + H and CoSo by phase, on NumberLine at the size of the embedded
 * default. `npx coso compare experiments/paper/table-d1.ts` measures them one after the other; the cost table of its
 * report has the paper's columns.
 *
 * The paper's figures (LLaVA-1.6-Mistral-7B, H100):
 *
 * | | VLM | SCM | memory | SCM's | rollout | update | H^B | total |
 * |---|--:|--:|--:|--:|--:|--:|--:|--:|
 * | RL | 7.96B | – | 37.0 GB | – | 10.4 h | 3.5 h | – | 13.9 h |
 * | RL + H | 7.96B | – | 37.0 GB | – | 10.4 h | 3.6 h | – | 14.0 h (× 1.007) |
 * | CoSo | 7.96B | 0.01B | 37.7 GB | 0.7 GB | 10.4 h | 3.6 h | 0.5 h | 14.5 h (× 1.043) |
 *
 * Nothing is tuned: α says nothing about cost. Eight iterations a run, all with the policy's update; three seeds. The
 * run called `offline` is there for its SFT alone: the others take it over, so that what supervised fine-tuning leaves
 * behind in a process counts towards none of them.
 */
export default defineComparison({
  name: "table-d1",
  base: {
    ...quickstart,
    algorithm: { ...quickstart.algorithm, valueWarmupIterations: 0 },
    iterations: 8,
    evaluation: { episodes: 10 },
    checkpoint: { every: 8, keep: 1 },
  },
  methods: {
    offline: { experiment: { iterations: 1 }, tuned: false },
    RL: { experiment: { entropy: { kind: "none" } }, tuned: false },
    "RL+H": { experiment: { entropy: { kind: "uniform", coefficient: 0.01, schedule: "linear" } }, tuned: false },
    CoSo: { experiment: {}, tuned: false },
  },
  seeds: [0, 1, 2],
});
