import { defineComparison } from "../../ts/index.ts";
import figure4 from "./figure4-numberline.ts";

const { tuning: _, ...full } = figure4;
const alpha = { coefficient: 0.02, schedule: "linear" } as const;

/**
 * Figure 4, right, in half an hour: `figure4-numberline.ts` without its tuning, which is most of its 66 runs.
 *
 * The protocol, written down before any of its runs:
 * - Demonstrations, policy, SFT, iterations and evaluation are those of the full comparison.
 * - α is 0.02 for both methods that have one, falling linearly to 0, as in Table 2 (`table2.ts`); it was chosen there before,
 *   for other games, and on no seed of this file.
 * - Four seeds that no comparison on NumberLine has had, each of which changes the demonstrations, the initial weights, SFT, the SCM and
 *   RL. Methods share a seed's SFT.
 * - What is reported is the final iterate's success over 200 sampled episodes: no selection, no early stop.
 */
export default defineComparison({
  ...full,
  name: "figure4-tiny",
  methods: {
    RL: { experiment: { entropy: { kind: "none" } }, tuned: false },
    "RL+H": { experiment: { entropy: { kind: "uniform", ...alpha } }, tuned: false },
    CoSo: { experiment: { entropy: { kind: "causal", ...alpha } }, tuned: false },
  },
  seeds: [20, 21, 22, 23],
});
