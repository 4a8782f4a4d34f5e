import { defineExperiment } from "../../ts/index.ts";
import { cnn } from "./cnn.ts";

/** Points24 from pixels alone, on the CPU in minutes. */
export default defineExperiment(cnn("points24"));
