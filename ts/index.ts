/** What experiments, environments and studies build on. */
export { type Comparison, defineComparison, type Method } from "./comparison/definition.ts";
export { type CompareOptions, type ComparisonResult, compareMethods } from "./comparison/run.ts";
export { defineEnvironment } from "./config/define-environment.ts";
export { defineExperiment, type Experiment, type ExperimentInput, methodName } from "./config.ts";
export type {
  ActionFactor,
  Demonstration,
  Environment,
  EnvironmentDefinition,
  EnvironmentSpec,
  JsonValue,
  Observation,
  ResetRequest,
  RgbImage,
  StepResult,
} from "./environments/environment.ts";
export {
  ConfigError,
  CosoError,
  DeviceError,
  EndpointError,
  EnvironmentError,
  GuardError,
  RunFolderError,
  WorkerError,
} from "./errors.ts";
export type { Evaluation } from "./evaluate.ts";
export { type EvaluateRunOptions, evaluateRun, type RunEvaluation } from "./evaluate-run.ts";
export { defineJudge } from "./judging/definition.ts";
export type { JudgeInput, JudgeSettings } from "./judging/settings.ts";
export type { Fallback, InvalidReason, InvalidUtterance, ParsedAction, ParseResult, Span } from "./parsing/parse.ts";
export { CARD_NAMES, type Card, cardNamed } from "./plan/cards.ts";
export { type Operations, operationsOf } from "./plan/operations.ts";
export { type DigirlOptions, digirl } from "./presets/digirl.ts";
export { type CardGame, coso, type Rl4vlmGame, type Rl4vlmOptions, rl4vlm, UNIFORM_ENTROPY } from "./presets/rl4vlm.ts";
export { type Progress, progressTo } from "./progress.ts";
export { definePrompting, type Prompting, type PromptingInput } from "./prompting/definition.ts";
export { type PromptOptions, prompt } from "./prompting/run.ts";
export type { PromptingSummary } from "./prompting/summary.ts";
export { deriveSeed, RandomStream, RandomStreams } from "./random.ts";
export { type WrittenReport, writeReport } from "./report/write-report.ts";
export { defineSweep, type Grid, type Sweep } from "./sweep/definition.ts";
export { type Summary, type TrainOptions, train } from "./train.ts";
export { type WeightsName, weightsFolder } from "./weights/packages.ts";
