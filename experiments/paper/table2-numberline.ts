import quickstart from "../quickstart.ts";
import { table2 } from "./table2.ts";

/** The quickstart's NumberLine under the protocol of the other games: 24 iterations whatever happens, the last policy counts. */
export default table2({
  ...quickstart,
  name: "numberline",
  evaluation: { episodes: 200 },
  checkpoint: { every: 8, keep: 1 },
});
