/** What experiments, environments and studies build on. */
export { z } from "zod";
export {
  type Comparison,
  defineComparison,
  type Method,
  type Trial as ComparisonTrial,
} from "./comparison/definition.ts";
export { type CompareOptions, type ComparisonResult, compareMethods, type TuningResult } from "./comparison/run.ts";
export { defineEnvironment } from "./config/define-environment.ts";
export {
  defineExperiment,
  type Experiment,
  type ExperimentInput,
  methodName,
  type PpoExperiment,
  type PpoExperimentInput,
} from "./config.ts";
export { blankImage, type Colour, drawImage } from "./environments/drawing/canvas.ts";
export type {
  ActionFactor,
  Conditions,
  Demonstration,
  Demonstrations,
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
  EpisodeState,
  readAction,
  readStart,
  readState,
  refusedStart,
  requireAction,
} from "./environments/episode-state.ts";
export type { Placeholders, PromptWording } from "./environments/prompt-setting.ts";
export {
  ConfigError,
  CosoError,
  DeviceError,
  type DeviceErrorCode,
  EndpointError,
  type EndpointErrorReason,
  EnvironmentError,
  GuardError,
  RunFolderError,
  WorkerError,
  type WorkerErrorCode,
} from "./errors.ts";
export type { Evaluation, KindOfEpisode } from "./evaluate.ts";
export { type EvaluateRunOptions, evaluateRun, type RunEvaluation } from "./evaluate-run.ts";
export { defineJudge } from "./judging/definition.ts";
export type { JudgeInput, JudgeSettings } from "./judging/settings.ts";
export { parseKeyedAction } from "./parsing/keyed-action.ts";
export type { Fallback, InvalidReason, InvalidUtterance, ParsedAction, ParseResult, Span } from "./parsing/parse.ts";
export type { ElementUse, ScreenBox, ScreenElement } from "./parsing/screen-element.ts";
export { CARD_NAMES, type Card, cardNamed } from "./plan/cards.ts";
export { type Operations, operationsOf } from "./plan/operations.ts";
export { type DigirlOptions, digirl } from "./presets/digirl.ts";
export { type CardGame, coso, type Rl4vlmGame, type Rl4vlmOptions, rl4vlm, UNIFORM_ENTROPY } from "./presets/rl4vlm.ts";
export { type Progress, progressTo } from "./progress.ts";
export { definePrompting, type Prompting, type PromptingInput } from "./prompting/definition.ts";
export { type PromptOptions, prompt } from "./prompting/run.ts";
export type { PromptingCost, PromptingSummary } from "./prompting/summary.ts";
export { deriveSeed, RandomStream, RandomStreams } from "./random.ts";
export { type WrittenReport, writeReport } from "./report/write-report.ts";
export { defineSweep, type Grid, type Sweep } from "./sweep/definition.ts";
export type { SettingPath, SettingValue } from "./sweep/setting.ts";
export { type StartWorker, type Summary, type TrainOptions, train } from "./train.ts";
export type { RunningWorker } from "./training/open.ts";
export type { Stage } from "./training/stages.ts";
export type { ParameterCounts } from "./training/training.ts";
export type { WeightDistribution } from "./training/weight-histogram.ts";
export { type WeightsName, weightsFolder } from "./weights/packages.ts";
