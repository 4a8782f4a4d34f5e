import { defineExperiment } from "../../ts/index.ts";
import { cnn } from "./cnn.ts";

/** NumberLine from pixels alone, on the CPU in minutes. */
export default defineExperiment(cnn("numberline"));
