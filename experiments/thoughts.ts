import { defineComparison } from "../ts/index.ts";
import elevator from "./elevator.ts";

/**
 * Whether weighting thoughts pays, where thoughts decide: the elevator rides as the plan says, and the action slot is
 * always `go`. RL, RL + H, entropy on the action slot alone, and CoSo.
 *
 * The protocol, written down before any of its runs:
 * - Demonstrations plan `up` in 95 % of the cases where down is right. Settings are the elevator's, but for fewer steps of
 *   SFT and smaller ones of RL, with which a policy stays stuck for longer; see below for the rest.
 * - Each seed changes the demonstrations, the initial weights, SFT, the SCM and RL. Methods share a seed's SFT.
 * - The three methods with entropy try the same α on the same three tuning seeds; the best mean success counts, of equals
 *   the smaller α.
 * - Ten fresh seeds a method. What is reported is the final iterate's success over 200 sampled episodes: no selection,
 *   no early stop. Differences are paired by seed, with 95 % bootstrap intervals.
 */
export default defineComparison({
  name: "thoughts",
  base: {
    ...elevator,
    sft: {
      learningRate: 3e-3,
      ...elevator.sft,
      demonstrations: { count: 3000, quality: { upBias: 0.95 } },
      steps: 350,
    },
    algorithm: { ...elevator.algorithm, learningRate: 2e-4 },
    evaluation: { episodes: 200 },
    checkpoint: { every: 12, keep: 1 },
  },
  methods: {
    RL: { experiment: { entropy: { kind: "none" } }, tuned: false },
    "RL+H": { experiment: { entropy: { kind: "uniform", coefficient: 0, schedule: "linear" } }, tuned: true },
    "RL+H-action": { experiment: { entropy: { kind: "action", coefficient: 0, schedule: "linear" } }, tuned: true },
    CoSo: { experiment: { entropy: { kind: "causal", coefficient: 0, schedule: "linear" } }, tuned: true },
  },
  tuning: { setting: "entropy.coefficient", values: [0.01, 0.05], seeds: [100, 101, 102] },
  seeds: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
});
