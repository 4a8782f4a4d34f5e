import { defineComparison } from "../ts/index.ts";
import quickstart from "./quickstart.ts";

/**
 * Whether online training holds what it reached: RL, RL + H and CoSo with the settings that are meant to keep a policy
 * (`algorithm.advantageStdFloor`, `algorithm.valueGradient`, `kl.region`), and CoSo without them.
 *
 * The protocol, written down before any of its runs:
 * - NumberLine as in the quickstart, for 48 iterations of 256 steps whatever happens: no early stop, and the last policy is
 *   the one that is reported. Evaluations of 100 episodes every third iteration only watch.
 * - Each seed changes the demonstrations, the initial weights, SFT, the SCM and RL. Methods share a seed's SFT.
 * - Methods with entropy try the same α on the same two tuning seeds; the best mean success of the last policy counts.
 * - Ten fresh seeds a method, equal budgets. A run reaches its goal at the first evaluation with at least 95 % success and
 *   valid JSON; it holds it if no evaluation up to three times those steps falls more than 5 points below.
 */
export default defineComparison({
  name: "stability",
  base: {
    ...quickstart,
    iterations: 48,
    evaluation: { episodes: 200, selection: { keep: "last", every: 3, episodes: 100 } },
    checkpoint: { every: 12, keep: 1 },
  },
  methods: {
    RL: { experiment: { entropy: { kind: "none" } }, tuned: false },
    "RL+H": { experiment: { entropy: { kind: "uniform", coefficient: 0, schedule: "constant" } }, tuned: true },
    CoSo: { experiment: { entropy: { kind: "causal", coefficient: 0, schedule: "constant" } }, tuned: true },
    "CoSo-unheld": {
      experiment: {
        entropy: { kind: "causal", coefficient: 0, schedule: "constant" },
        algorithm: { ...quickstart.algorithm, advantageStdFloor: 0, valueGradient: "shared" },
        kl: null,
      },
      tuned: true,
    },
  },
  tuning: { setting: "entropy.coefficient", values: [0.01, 0.05], seeds: [100, 101] },
  seeds: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
});
