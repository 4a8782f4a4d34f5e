import { defineExperiment } from "../../ts/index.ts";
import { cnn } from "./cnn.ts";

/** Blackjack from pixels alone, on the CPU in minutes. */
export default defineExperiment(cnn("blackjack"));
