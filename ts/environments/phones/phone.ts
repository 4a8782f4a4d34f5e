import { z } from "zod";
import { DeviceError, messageOf } from "../../errors.ts";
import type { ParseResult } from "../../parsing/parse.ts";
import type { PhoneAction } from "../../parsing/phone-action.ts";
import type {
  Conditions,
  Environment,
  EnvironmentSpec,
  JsonValue,
  Observation,
  ResetRequest,
  RgbImage,
  StepResult,
} from "../environment.ts";
import { EpisodeState, readAction, readStart, readState, refusedStart } from "../episode-state.ts";
import { actOn, endsEpisode } from "./act-on.ts";
import { phoneActionForm } from "./action-form.ts";
import type { Device } from "./device.ts";
import { FORMATS, type PhoneFormat } from "./formats.ts";
import type { Judge, Verdict } from "./judge.ts";
import { PHONE_SCREEN, type PhonePrompt, phonePrompt } from "./prompts.ts";
import type { PhoneTask } from "./task.ts";
import { phoneFactors, phoneLabels } from "./touch-grid.ts";
import { observedView, type View, viewOf } from "./view.ts";

/** What an environment of phones is made of. */
export interface PhoneParts<Task extends PhoneTask> {
  readonly id: string;
  readonly device: Device;
  readonly judge: Judge<Task>;
  /**
   * In their order, at least one, read when the first episode begins; an episode's seed chooses: seeds in a row go through
   * all of them.
   */
  readonly tasks: () => readonly Task[];
  /** Longest episode, in steps. */
  readonly horizon: number;
  readonly prompt: PhonePrompt;
  readonly format: PhoneFormat;
  /** Last actions that the prompt shows. */
  readonly history: number;
  readonly touchGrid: number | null;
  /** What results say beside the environment's name. */
  readonly conditions: Conditions;
  /** The next action of whoever knows the way, where the device can tell. */
  readonly expert?: (task: Task) => PhoneAction;
}

const startOptions = z.strictObject({ task: z.int().min(0).exactOptional() });
const savedState = z.strictObject({
  seed: z.int().min(0),
  task: z.int().min(0),
  actions: z.array(phoneActionForm),
  isOver: z.boolean(),
});

interface Play<Task> {
  readonly seed: number;
  /** Place among the tasks. */
  readonly place: number;
  readonly task: Task;
  readonly actions: readonly PhoneAction[];
  /** The same as the prompt's history shows them. */
  readonly told: readonly string[];
  readonly view: View;
  readonly isOver: boolean;
}

/**
 * Android in the Wild's episodes, as DigiRL plays them, on any {@link Device}: a task, screenshots, and after every step a
 * judge, whose success is worth 1 and ends the episode. So does an agent that says it is done, or that it cannot be done.
 *
 * `reset` options: `task`, a place in the list of tasks, from 0. An episode's `kind` is its task's. Where the device breaks
 * down, or the judge at an episode's end, the step's result says so in `fault`.
 */
export class Phone<Task extends PhoneTask> implements Environment<PhoneAction> {
  readonly spec: EnvironmentSpec;
  readonly #parts: PhoneParts<Task>;
  readonly #episode: EpisodeState<Play<Task>>;

  constructor(parts: PhoneParts<Task>) {
    const { id, horizon, touchGrid } = parts;
    this.spec = { id, horizon, showsImages: true, format: "text", factors: phoneFactors(touchGrid) };
    this.#parts = parts;
    this.#episode = new EpisodeState<Play<Task>>(id, ({ isOver }) => isOver);
  }

  async reset({ seed, options = {} }: ResetRequest): Promise<Observation> {
    const tasks = this.#parts.tasks();
    const { task = seed % tasks.length } = readStart(startOptions, options, this.#start());
    if (task >= tasks.length) throw refusedStart(options, `there are ${tasks.length} tasks`, this.#start());
    return this.#begin({ seed, task, actions: [], isOver: false });
  }

  async step(given: PhoneAction): Promise<StepResult> {
    const play = this.#episode.running();
    const action: PhoneAction = readAction(phoneActionForm, given, this.spec.id);
    const { device, format } = this.#parts;
    try {
      await actOn(device, action, play.view.screen);
      const view = await viewOf(device, format);
      const told = [...play.told, FORMATS[format].told(action, play.view.elements)];
      return this.#judged({ ...play, actions: [...play.actions, action], told, view }, play.view.screen);
    } catch (error) {
      if (!(error instanceof DeviceError)) throw error;
      return this.#brokenDown(play, `${device.name}: ${messageOf(error)}`);
    }
  }

  parse(utterance: string, observation: Observation): ParseResult<PhoneAction> {
    const { format, touchGrid } = this.#parts;
    return FORMATS[format].parse(utterance, observation, (action) => phoneLabels(action, touchGrid));
  }

  async expert(): Promise<PhoneAction> {
    const { expert } = this.#parts;
    if (expert === undefined) throw new DeviceError("refused", `${this.spec.id}: nobody knows the way on this device`);
    return expert(this.#episode.running().task);
  }

  /** What the episode asks for. */
  task(): Task {
    return this.#episode.current().task;
  }

  async conditions(): Promise<Conditions> {
    return this.#parts.conditions;
  }

  state(): JsonValue {
    const { seed, place, actions, isOver } = this.#episode.current();
    return { seed, task: place, actions: actions.map((action) => ({ ...action }) as JsonValue), isOver };
  }

  /** Begins the task anew and does all again: exact on a simulated phone, as near as it gets on a real one. */
  async restore(state: JsonValue): Promise<Observation> {
    const saved = readState(savedState, state, this.spec.id);
    return this.#begin(saved);
  }

  close(): Promise<void> {
    return this.#parts.device.close();
  }

  async #begin({ seed, task: place, actions, isOver }: z.output<typeof savedState>): Promise<Observation> {
    const { device, format } = this.#parts;
    const tasks = this.#parts.tasks();
    const task = tasks[place];
    if (task === undefined) throw refusedStart({ task: place }, `there are ${tasks.length} tasks`, this.#start());
    await device.reset({ seed });
    let view = await viewOf(device, format);
    const told: string[] = [];
    for (const action of actions) {
      await actOn(device, action, view.screen);
      told.push(FORMATS[format].told(action, view.elements));
      view = await viewOf(device, format);
    }
    return this.#observe(this.#episode.enter({ seed, place, task, actions, told, view, isOver }));
  }

  async #judged(play: Play<Task>, before: RgbImage): Promise<StepResult> {
    const { task, actions, view } = play;
    const verdict = await this.#parts.judge.verdict(task, { before, after: view.screen, actions });
    const success = verdict.kind === "success";
    const last = actions.at(-1);
    const terminated = success || (last !== undefined && endsEpisode(last));
    const truncated = !terminated && actions.length >= this.#parts.horizon;
    const isOver = terminated || truncated;
    this.#episode.enter({ ...play, isOver });
    const told = { observation: this.#observe(play), info: this.#info(play, verdict) };
    if (isOver && verdict.kind === "unknown") {
      const fault = `judge: ${verdict.reason}`;
      return { ...told, reward: 0, terminated: false, truncated: false, fault, kind: task.kind };
    }
    return { ...told, reward: success ? 1 : 0, terminated, truncated, ...(isOver && { success, kind: task.kind }) };
  }

  #brokenDown(play: Play<Task>, fault: string): StepResult {
    this.#episode.enter({ ...play, isOver: true });
    const { kind } = play.task;
    const [observation, info] = [this.#observe(play), this.#info(play, { kind: "unknown", reason: fault })];
    return { observation, reward: 0, terminated: false, truncated: false, fault, kind, info };
  }

  #observe({ task, told, view }: Play<Task>): Observation {
    const { prompt, format, history } = this.#parts;
    const asked = phonePrompt({ prompt, format, screen: PHONE_SCREEN }, task, told, history);
    return { prompt: asked, ...observedView(view, format) };
  }

  #info({ task, place }: Play<Task>, verdict: Verdict): Readonly<Record<string, JsonValue>> {
    return { task: place, instruction: task.instruction, device: this.#parts.device.name, verdict: { ...verdict } };
  }

  #start(): { id: string; expected: string } {
    return { id: this.spec.id, expected: "{task?}, a place in the list of tasks, from 0" };
  }
}
