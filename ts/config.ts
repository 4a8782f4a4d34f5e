export { defineExperiment } from "./config/define.ts";
export { type ExperimentChanges, importDefault, loadExperiment } from "./config/load.ts";
export { methodName } from "./config/method-name.ts";
export type { EntropyConfig, Experiment, ExperimentInput } from "./config/schema.ts";
