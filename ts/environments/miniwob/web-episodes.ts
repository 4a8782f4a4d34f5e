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
import { EpisodeState, readAction, readStart, readState } from "../episode-state.ts";
import { actOn, endsEpisode } from "../phones/act-on.ts";
import { phoneActionForm } from "../phones/action-form.ts";
import { PARSERS, type PhoneFormat } from "../phones/phone.ts";
import { type PhonePrompt, phonePrompt } from "../phones/prompts.ts";
import { phoneFactors, phoneLabels } from "../phones/touch-grid.ts";
import type { WebOutcome, WebPage } from "./web-page.ts";

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
  readonly screen: RgbImage;
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
    const { page } = this.#parts;
    try {
      await actOn(page, action, play.screen);
      const [screen, outcome] = [await page.screenshot(), await page.outcome()];
      return this.#told({ ...play, actions: [...play.actions, action], screen }, outcome);
    } catch (error) {
      if (!(error instanceof DeviceError)) throw error;
      return this.#brokenDown(play, messageOf(error));
    }
  }

  parse(utterance: string): ParseResult<PhoneAction> {
    const { format, touchGrid } = this.#parts;
    return PARSERS[format](utterance, (action) => phoneLabels(action, touchGrid));
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
    const { page } = this.#parts;
    const instruction = await page.begin(task, seed);
    let screen = await page.screenshot();
    for (const action of actions) {
      await actOn(page, action, screen);
      screen = await page.screenshot();
    }
    return this.#observe(this.#episode.enter({ seed, task, instruction, actions, screen, isOver }));
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

  #observe({ instruction, actions, screen }: Play): Observation {
    const { prompt, history } = this.#parts;
    return { prompt: phonePrompt(prompt, { instruction }, actions, history), image: screen };
  }
}

function infoOf({ task, instruction }: Play): Readonly<Record<string, JsonValue>> {
  return { task, instruction };
}
