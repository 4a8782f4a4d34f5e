export { defineExperiment } from "./config/define.ts";
export { importDefault, loadExperiment } from "./config/load.ts";
export { methodName } from "./config/method.ts";
export type { Experiment, ExperimentInput, PpoExperiment, PpoExperimentInput } from "./config/schema.ts";
