import { defineComparison } from "../../ts/index.ts";
import smollm2 from "./smollm2.ts";

const { seed: _, ...base } = smollm2;

/**
 * CoSo and plain RL on the same three offline stages of `smollm2.ts`. Settings were chosen for CoSo on seeds 100 and 101; RL
 * takes them as they are, without the entropy. Reported is the last iterate.
 */
export default defineComparison({
  name: "smollm2-methods",
  base,
  methods: {
    CoSo: { experiment: {}, tuned: false },
    RL: { experiment: { entropy: { kind: "none" } }, tuned: false },
  },
  seeds: [0, 1, 2],
});
