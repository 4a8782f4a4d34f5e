import { defineExperiment } from "../../ts/index.ts";
import { coso7b } from "./coso-7b.ts";

/** EZPoints at the paper's size, on one card of 80 GB; what it needs: `coso doctor --plan experiments/gym-cards/ezpoints-7b.ts`. */
export default defineExperiment(coso7b("ezpoints"));
