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
  StepResult,
} from "../environment.ts";
import { EpisodeState, readAction, readStart, readState } from "../episode-state.ts";
import { actOn, endsEpisode } from "../phones/act-on.ts";
import { phoneActionForm } from "../phones/action-form.ts";
import type { ScreenKind } from "../phones/explanations.ts";
import { FORMATS, type PhoneFormat } from "../phones/formats.ts";
import { type PhonePrompt, phonePrompt } from "../phones/prompts.ts";
import { phoneFactors, phoneLabels } from "../phones/touch-grid.ts";
import { observedView, type View, viewOf } from "../phones/view.ts";
import type { WebOutcome, WebPage } from "./web-page.ts";

/** A page has no other keys than Enter. */
export const PAGE_SCREEN: ScreenKind = { name: "a web page by touch", keys: ["enter"] };

export interface WebEpisodesParts {
  readonly id: string;
  readonly page: WebPage;
  /** Names, at least one; an episode's seed chooses: seeds in a row go through all of them. */
  readonly tasks: readonly string[];
  readonly mode: string;
  readonly horizon: number;
  readonly prompt: PhonePrompt;
  readonly format: PhoneFormat;
  readonly history: number;
  readonly touchGrid: number | null;
}

const startOptions = z.strictObject({ task: z.string().exactOptional() });
const savedState = z.strictObject({
  seed: z.int().min(0),
  task: z.string(),
  actions: z.array(phoneActionForm),
  isOver: z.boolean(),
});

interface Play {
  readonly seed: number;
  readonly task: string;
  readonly instruction: string;
  readonly actions: readonly PhoneAction[];
  /** The same as the prompt's history shows them. */
  readonly told: readonly string[];
  readonly view: View;
  readonly isOver: boolean;
}

/**
 * Episodes of MiniWoB++. A task ends when its page says so, with the raw reward, −1 to 1, which counts as success where it
 * is positive; an agent that says it is done, or that it cannot be done, ends it with 0.
 *
 * `reset` options: `task`, a task's name, one of the settings' or another. An episode's `kind` is its task.
 */
export class WebEpisodes implements Environment<PhoneAction> {
  readonly spec: EnvironmentSpec;
  readonly #parts: WebEpisodesParts;
  readonly #episode: EpisodeState<Play>;

  constructor(parts: WebEpisodesParts) {
    const { id, horizon, touchGrid } = parts;
    this.spec = { id, horizon, showsImages: true, format: "text", factors: phoneFactors(touchGrid) };
    this.#parts = parts;
    this.#episode = new EpisodeState<Play>(id, ({ isOver }) => isOver);
  }

  async reset({ seed, options = {} }: ResetRequest): Promise<Observation> {
    const { tasks, id } = this.#parts;
    const { task = tasks[seed % tasks.length] ?? "" } = readStart(startOptions, options, {
      id,
      expected: "{task?}, a task's name",
    });
    return this.#begin({ seed, task, actions: [], isOver: false });
  }

  async step(given: PhoneAction): Promise<StepResult> {
    const play = this.#episode.running();
    const action: PhoneAction = readAction(phoneActionForm, given, this.spec.id);
    const { page, format } = this.#parts;
    try {
      await actOn(page, action, play.view.screen);
      const [view, outcome] = [await viewOf(page, format), await page.outcome()];
      const told = [...play.told, FORMATS[format].told(action, play.view.elements)];
      return this.#told({ ...play, actions: [...play.actions, action], told, view }, outcome);
    } catch (error) {
      if (!(error instanceof DeviceError)) throw error;
      return this.#brokenDown(play, messageOf(error));
    }
  }

  parse(utterance: string, observation: Observation): ParseResult<PhoneAction> {
    const { format, touchGrid } = this.#parts;
    return FORMATS[format].parse(utterance, observation, (action) => phoneLabels(action, touchGrid));
  }

  async conditions(): Promise<Conditions> {
    const { tasks, mode } = this.#parts;
    return { tasks: tasks.join(", "), mode };
  }

  state(): JsonValue {
    const { seed, task, actions, isOver } = this.#episode.current();
    return { seed, task, actions: actions.map((action) => ({ ...action }) as JsonValue), isOver };
  }

  /** Begins the task anew and does all again. */
  async restore(state: JsonValue): Promise<Observation> {
    return this.#begin(readState(savedState, state, this.spec.id));
  }

  close(): Promise<void> {
    return this.#parts.page.close();
  }

  async #begin({ seed, task, actions, isOver }: z.output<typeof savedState>): Promise<Observation> {
    const { page, format } = this.#parts;
    const instruction = await page.begin(task, seed);
    let view = await viewOf(page, format);
    const told: string[] = [];
    for (const action of actions) {
      await actOn(page, action, view.screen);
      told.push(FORMATS[format].told(action, view.elements));
      view = await viewOf(page, format);
    }
    return this.#observe(this.#episode.enter({ seed, task, instruction, actions, told, view, isOver }));
  }

  #told(play: Play, { isDone, reward }: WebOutcome): StepResult {
    const { actions, task } = play;
    const last = actions.at(-1);
    const terminated = isDone || (last !== undefined && endsEpisode(last));
    const truncated = !terminated && actions.length >= this.#parts.horizon;
    const isOver = terminated || truncated;
    this.#episode.enter({ ...play, isOver });
    return {
      observation: this.#observe(play),
      reward,
      terminated,
      truncated,
      ...(isOver && { success: isDone && reward > 0, kind: task }),
      info: infoOf(play),
    };
  }

  #brokenDown(play: Play, fault: string): StepResult {
    this.#episode.enter({ ...play, isOver: true });
    const observation = this.#observe(play);
    return { observation, reward: 0, terminated: false, truncated: false, fault, kind: play.task, info: infoOf(play) };
  }

  #observe({ instruction, told, view }: Play): Observation {
    const { prompt, format, history } = this.#parts;
    const asked = phonePrompt({ prompt, format, screen: PAGE_SCREEN }, { instruction }, told, history);
    return { prompt: asked, ...observedView(view, format) };
  }
}

function infoOf({ task, instruction }: Play): Readonly<Record<string, JsonValue>> {
  return { task, instruction };
}
