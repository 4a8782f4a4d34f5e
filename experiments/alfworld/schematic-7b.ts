import { defineExperiment } from "../../ts/index.ts";
import { cosoSchematic7b } from "./coso-7b.ts";

/** ALFWorld's tasks at full size with the schematic view; what it needs: `coso doctor --plan experiments/alfworld/schematic-7b.ts`. */
export default defineExperiment(cosoSchematic7b());
