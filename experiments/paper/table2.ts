import { type Comparison, defineComparison, type ExperimentInput } from "../../ts/index.ts";

/**
 * Rows of Table 2 for one game, at the size of the embedded default: before and after SFT, RL, RL + H, CoSo.
 *
 * The protocol, written down before any of its runs:
 * - Settings are the game's own, in experiments/gym-cards and experiments/alfworld; none is tuned for a method, and α is 0.02 for both that have
 *   one, falling linearly to 0.
 * - Three seeds, each of which changes the demonstrations, the initial weights, SFT, the SCM and RL. Methods share a
 *   seed's SFT.
 * - What is reported is the final iterate's success over sampled episodes: no selection, no early stop.
 */
export function table2(game: ExperimentInput): Comparison {
  const { seed: _, ...base } = game;
  return defineComparison({
    name: `table2-${game.name}`,
    base,
    methods: {
      RL: { experiment: { entropy: { kind: "none" } }, tuned: false },
      "RL+H": { experiment: { entropy: { kind: "uniform", coefficient: 0.02, schedule: "linear" } }, tuned: false },
      CoSo: { experiment: { entropy: { kind: "causal", coefficient: 0.02, schedule: "linear" } }, tuned: false },
    },
    seeds: [0, 1, 2],
  });
}
