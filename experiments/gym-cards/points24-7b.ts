import { defineExperiment } from "../../ts/index.ts";
import { coso7b } from "./coso-7b.ts";

/** Points24 at the paper's size, on one card of 80 GB; what it needs: `coso doctor --plan experiments/gym-cards/points24-7b.ts`. */
export default defineExperiment(coso7b("points24"));
