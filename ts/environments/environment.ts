import type { z } from "zod";
import type { ParseResult } from "../parsing/parse.ts";
import type { ScreenElement } from "../parsing/screen-element.ts";
import type { RandomStream } from "../random.ts";
import type { PromptWording } from "./prompt-setting.ts";

/**
 * The contract of an environment: Gymnasium's `reset`/`step`, asynchronous, with f^parse and exact resume added.
 *
 * An implementation is one file or folder that exports an {@link EnvironmentDefinition}, and a test of six lines that calls
 * the conformance suite (`describeEnvironment`). It is made known by `defineEnvironment`, or, within this package, by a line
 * in `registry.ts`.
 */
export interface Environment<Action = unknown> {
  readonly spec: EnvironmentSpec;

  /**
   * Starts an episode.
   * @throws EnvironmentError when `options` name a state that cannot be a start.
   */
  reset(request: ResetRequest): Promise<Observation>;

  /**
   * Executes one action.
   * @throws EnvironmentError when the action is not one of this environment's, or the episode is over.
   */
  step(action: Action): Promise<StepResult>;

  /** f^parse: pure, and total over strings. */
  parse(utterance: string, observation: Observation): ParseResult<Action>;

  /** What a scripted expert would do now, where there is one. */
  expert?(): Promise<Action>;

  /**
   * What every result of it must say beside its name, such as whose games were played: `{ data: "synthetic" }`. Absent
   * where the name says it all.
   */
  conditions?(): Promise<Conditions>;

  /** Everything that `restore` needs to continue this episode exactly, as JSON. */
  state(): JsonValue;

  /** Continues from `state()`; returns the observation that the agent was looking at. */
  restore(state: JsonValue): Promise<Observation>;

  /** Frees what the environment holds outside this process. */
  close?(): Promise<void>;
}

/** What a result says beside its environment's name. */
export type Conditions = Readonly<Record<string, string>>;

/** What stays the same in all episodes of an environment. */
export interface EnvironmentSpec {
  readonly id: string;
  /** Longest episode, in steps, after which an environment truncates. */
  readonly horizon: number;
  readonly showsImages: boolean;
  /** What an utterance is to be: one JSON object, where this is absent, or text of another form, of which no valid JSON is asked. */
  readonly format?: "json" | "text";
  /** Closed label sets that the SCM predicts, without the `invalid` label, which every set gets. */
  readonly factors: readonly ActionFactor[];
}

/** A closed set of labels, one of which an action has; P(a|y) is the product over factors. */
export interface ActionFactor {
  readonly name: string;
  readonly labels: readonly string[];
}

/** Which episode to start. */
export interface ResetRequest {
  /** Unsigned 32-bit. The same seed and options give the same episode. */
  seed: number;
  /** Pins (part of) the starting state; each environment documents its own keys. */
  options?: Readonly<Record<string, unknown>>;
}

/** What an agent sees. */
export interface Observation {
  prompt: string;
  image?: RgbImage;
  /** Legal actions as text, where they depend on the state; absent too where nobody wrote them down, as in a data file. */
  admissible?: readonly string[];
  /** What the numbers on the image stand for, the first for 1; absent where it has none, and in data files. */
  elements?: readonly ScreenElement[];
}

/** Rows from the top, three bytes a pixel. Treated as immutable; environments may return the same buffer twice. */
export interface RgbImage {
  width: number;
  height: number;
  rgb: Uint8Array;
}

/** What an action led to. */
export interface StepResult {
  observation: Observation;
  reward: number;
  /** The task itself ended: no value beyond this step. */
  terminated: boolean;
  /** The episode was cut off: the value of `observation` still counts. */
  truncated: boolean;
  /** Present on the last step where the environment itself can tell. */
  success?: boolean;
  /** Present on the last step where episodes differ in kind, such as a type of task: success is told by kind too. */
  kind?: string;
  /**
   * What broke down, as when a phone was lost. The episode is over, neither terminated nor truncated, and counts neither
   * as a success nor as a failure.
   */
  fault?: string;
  info: Readonly<Record<string, JsonValue>>;
}

/** A scripted answer to an observation, as supervised fine-tuning learns from it. */
export interface Demonstration {
  observation: Observation;
  utterance: string;
}

/** One after the other; asynchronous where an environment's own process plays the games they come from. */
export type Demonstrations = Iterable<Demonstration> | AsyncIterable<Demonstration>;

/** What the registry holds. */
export interface EnvironmentDefinition<
  Action = unknown,
  Settings extends z.ZodType = z.ZodType,
  Quality extends z.ZodType = z.ZodType,
> {
  /** Where it is defined, as `import.meta.url`: runs record it, to find it again. Absent for those of this package. */
  readonly module?: string;
  readonly id: string;
  /** One line for `coso play --help`. */
  readonly summary: string;
  /** Settings of an experiment's `environment.settings`; unknown keys are errors. */
  readonly settings: Settings;
  /** How its prompts are worded, where a setting `prompt` can replace the wording. */
  readonly prompt?: PromptWording<z.output<Settings>>;
  /** Makes an environment that plays one episode at a time; runs make as many as they play in parallel. */
  create(settings: z.output<Settings>): Environment<Action>;
  /** Scripted demonstrations for the offline stage; absent where there is no scripted expert. */
  readonly demonstrations?: {
    /** Settings of an experiment's `sft.demonstrations.quality`. */
    readonly quality: Quality;
    /**
     * Best made one at a time, as they are asked for: there may be far more images than fit into memory. What a text
     * is parsed against, such as `admissible`, belongs to its observation.
     */
    generate(
      count: number,
      random: RandomStream,
      settings: z.output<Settings>,
      quality: z.output<Quality>,
    ): Demonstrations;
  };
}

/** What JSON can hold. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };
