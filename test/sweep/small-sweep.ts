import type { Grid } from "../../ts/index.ts";
import { defineSweep, type Sweep } from "../../ts/sweep/definition.ts";
import { smallExperiment } from "../small-experiment.ts";

/** Methods and clips of NumberLine, two iterations each. */
export function smallSweep(changes: { grid?: Grid; seeds?: number[]; name?: string } = {}): Sweep {
  const { seed: _, ...base } = smallExperiment({ evaluation: { episodes: 10 }, iterations: 2, kl: null });
  return defineSweep({
    name: "small",
    base,
    grid: {
      entropy: { none: { kind: "none" }, causal: { kind: "causal", coefficient: 0.05 } },
      "algorithm.clip": [0.1, 0.2],
    },
    seeds: [0, 1],
    ...changes,
  });
}
