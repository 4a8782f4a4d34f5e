import { defineExperiment } from "../../ts/index.ts";
import { cosoThor7b } from "./coso-7b.ts";

/**
 * ALFWorld at the paper's size. It wants one card of 80 GB, AI2-THOR and the official data (docs/alfworld.md, `coso doctor`),
 * and `--set policy.path=DIR` of a checkpoint that knows the task's format. Not run here.
 */
export default defineExperiment(cosoThor7b("models/llava-alfworld-sft"));
