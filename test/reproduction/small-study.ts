import { defineComparison } from "../../ts/comparison/definition.ts";
import { smallExperiment } from "../small-experiment.ts";

const { seed: _, ...base } = smallExperiment({
  evaluation: { episodes: 10 },
  iterations: 3,
  worker: { device: "cpu" },
});

/** What the small reproduction stands on: RL and CoSo on NumberLine, three seeds. */
export default defineComparison({
  name: "small-study",
  base,
  methods: {
    RL: { experiment: { entropy: { kind: "none" } }, tuned: false },
    CoSo: { experiment: {}, tuned: false },
  },
  seeds: [0, 1, 2],
});
