import { defineSweep } from "../ts/index.ts";
import quickstart from "./quickstart.ts";

const { seed: _, ...base } = quickstart;

/** How much causal entropy the quickstart takes: α over two orders of magnitude, on seeds that no result is reported on. */
export default defineSweep({
  name: "alpha",
  base,
  grid: { "entropy.coefficient": [0.01, 0.03, 0.1, 0.3, 1] },
  seeds: [100, 101],
});
