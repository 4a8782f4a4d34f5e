import { defineComparison } from "../../ts/index.ts";
import quickstart from "../quickstart.ts";

/**
 * Figure 4, right: RL, RL + H and CoSo on NumberLine, at the size of the embedded default.
 *
 * The protocol, written down before any of its runs:
 * - Demonstrations write `+` in 95 % of the cases where `-` is right, so that SFT all but extinguishes one action and
 *   exploration has something to do. Everything else is the quickstart's setting, but for what follows.
 * - Each seed changes the demonstrations, the initial weights, SFT, the SCM and RL. Methods share a seed's SFT.
 * - RL + H and CoSo try the same α on the same six tuning seeds; the best mean success counts, of equals the smaller α.
 *   A first time, with two of them, every tuning run had left what SFT left it with, and they told nothing apart.
 * - Ten fresh seeds a method. What is reported is the final iterate's success over 200 sampled episodes: no selection,
 *   no early stop. Differences are paired by seed, with 95 % bootstrap intervals.
 */
export default defineComparison({
  name: "figure4-numberline",
  base: {
    ...quickstart,
    sft: {
      steps: 300,
      learningRate: 2e-3,
      ...quickstart.sft,
      demonstrations: { count: 3000, quality: { plusBias: 0.95 } },
    },
    iterations: 20,
    evaluation: { episodes: 200 },
    checkpoint: { every: 10, keep: 1 },
  },
  methods: {
    RL: { experiment: { entropy: { kind: "none" } }, tuned: false },
    "RL+H": { experiment: { entropy: { kind: "uniform", coefficient: 0, schedule: "linear" } }, tuned: true },
    CoSo: { experiment: { entropy: { kind: "causal", coefficient: 0, schedule: "linear" } }, tuned: true },
  },
  tuning: { setting: "entropy.coefficient", values: [0.005, 0.02, 0.05], seeds: [100, 101, 102, 103, 104, 105] },
  seeds: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
});
