import { z } from "zod";
import { EnvironmentError } from "../../errors.ts";
import { type Command, parseAdmissibleCommand } from "../../parsing/admissible-command.ts";
import type { ParseResult } from "../../parsing/parse.ts";
import { parseWrittenCommand } from "../../parsing/written-command.ts";
import type {
  Conditions,
  Environment,
  EnvironmentDefinition,
  EnvironmentSpec,
  JsonValue,
  Observation,
  ResetRequest,
  StepResult,
} from "../environment.ts";
import { EpisodeState, readStart, readState, refusedStart, requireAction } from "../episode-state.ts";
import { promptSetting } from "../prompt-setting.ts";
import { demonstrate, demonstrationQuality } from "./demonstrations.ts";
import { COMMAND_FACTORS, commandFactors } from "./factors.ts";
import { type ChosenGame, GameChoice } from "./game-choice.ts";
import { SPLITS } from "./games.ts";
import { type Goal, goalConditionRate, TASK_TYPES } from "./goal.ts";
import { BRIDGES, poolOf } from "./hosts/bridges.ts";
import type { Fact, Turn } from "./hosts/calls.ts";
import type { World } from "./hosts/pool.ts";
import { alfworldPrompt, alfworldTemplate, PLACEHOLDERS, PROMPT_NAMES } from "./prompts.ts";
import { schematicFrame } from "./schematic/frame.ts";
import { visibleScene } from "./schematic/scene.ts";

const ID = "alfworld/text";
/** The longest episode, in steps. */
const HORIZON = 50;
/** RL4VLM's reward: this for a win, the share of the goal's conditions that hold, 1 off where no command was named. */
const WIN_REWARD = 50;

const settings = z.strictObject({
  data: z
    .string()
    .min(1)
    .prefault(() => process.env.ALFWORLD_DATA ?? "alfworld")
    .describe("Folder that holds json_2.1.1: games of `coso alfworld generate`, or the official ones."),
  split: z.enum(SPLITS).default("train"),
  taskTypes: z
    .array(z.enum(TASK_TYPES))
    .min(1)
    .prefault([...TASK_TYPES]),
  prompt: promptSetting(PROMPT_NAMES, PLACEHOLDERS),
  view: z
    .enum(["none", "schematic"])
    .default("none")
    .describe("What observations show: nothing, or a drawing of what an eye would see of the place."),
  matching: z.enum(["longest", "reference"]).default("longest").describe("How f^parse finds a command."),
  bridge: z.enum(BRIDGES).default("pythonia").describe("How the worlds' Python is spoken to."),
  worldsPerProcess: z.int().min(1).default(16).describe("Worlds that share one Python."),
});
export type AlfworldSettings = z.output<typeof settings>;

const startOptions = z.strictObject({ game: z.string().min(1).exactOptional() });
const savedState = z.strictObject({ game: z.string(), commands: z.array(z.string()) });

/** An episode: its game, what the world said last, and how many commands were played. */
interface Play extends ChosenGame {
  readonly task: string;
  readonly turn: Turn;
  readonly steps: number;
}

/**
 * ALFWorld's text worlds. An action is a {@link Command} of the game; the episode's seed chooses the game.
 *
 * `reset` options: `game`, the name of one of the split's, such as `pick_and_place_simple-Mug-None-Desk-308/trial_T0_00000`.
 * An episode succeeds when its goal holds, within 50 steps; its `kind` is the type of its task. `info` tells the game,
 * whether it is of `synthetic` or `official` data, the view, and the share of the goal's conditions that hold.
 */
export class AlfworldText implements Environment<Command> {
  readonly spec: EnvironmentSpec;
  readonly #settings: AlfworldSettings;
  readonly #games: GameChoice;
  readonly #world: World;
  /** Commands that win, from the episode's beginning on. */
  #way: readonly string[] = [];
  readonly #episode = new EpisodeState<Play>(ID, ({ turn, steps }) => turn.won || steps >= HORIZON);

  constructor(chosen: AlfworldSettings) {
    this.spec = { id: ID, horizon: HORIZON, showsImages: chosen.view !== "none", factors: COMMAND_FACTORS };
    this.#settings = chosen;
    this.#games = new GameChoice(chosen);
    this.#world = poolOf(chosen.bridge, chosen.worldsPerProcess).world();
  }

  async reset({ seed, options = {} }: ResetRequest): Promise<Observation> {
    const { game: name } = readStart(startOptions, options, { id: ID, expected: "{game?}, the name of a game" });
    return this.#begin(name === undefined ? await this.#games.drawn(seed) : await this.#named(name, options), []);
  }

  async step(command: Command): Promise<StepResult> {
    const play = this.#episode.running();
    const { text, isFallback } = readCommand(command);
    requireAction(text, play.turn.admissible, ID);
    const next = { ...play, turn: withoutHelp(await this.#world.step(text)), steps: play.steps + 1 };
    this.#episode.enter(next);
    const { won, facts } = next.turn;
    const rate = goalConditionRate(play.game.goal, facts);
    const truncated = !won && next.steps >= HORIZON;
    return {
      observation: this.#observe(next),
      reward: (won ? WIN_REWARD : 0) + rate - (isFallback ? 1 : 0),
      terminated: won,
      truncated,
      ...((won || truncated) && { success: won, kind: play.game.goal.type }),
      info: { ...aboutPlay(next), view: this.#settings.view, goalConditionRate: rate, worldLosses: this.#world.losses },
    };
  }

  parse(utterance: string, { admissible }: Observation): ParseResult<Command> {
    return admissible === undefined
      ? parseWrittenCommand(utterance, commandFactors)
      : parseAdmissibleCommand(utterance, admissible, this.#settings.matching, commandFactors);
  }

  async expert(): Promise<Command> {
    const [next] = await this.wayToWin();
    if (next === undefined) throw new EnvironmentError(`${ID}: the planner finds no way to win from here`);
    return next;
  }

  /** Commands that win from here: the rest of the game's own way while that is followed, else of the planner's. */
  async wayToWin(): Promise<readonly string[]> {
    const { turn } = this.#episode.running();
    const { commands } = this.#world;
    const isFollowed = commands.every((command, place) => this.#way[place] === command);
    // A file's own way may be in the words of another version of the game.
    if (!isFollowed || !turn.admissible.includes(this.#way[commands.length] ?? ""))
      this.#way = [...commands, ...(await this.#world.plan())];
    return this.#way.slice(commands.length);
  }

  /** What the task wants, and what is true now. */
  situation(): { goal: Goal; facts: readonly Fact[] } {
    const { game, turn } = this.#episode.current();
    return { goal: game.goal, facts: turn.facts };
  }

  /** Whose games are played, of which split, how large their rooms are, and what is seen of them. */
  async conditions(): Promise<Conditions> {
    const { source, size } = (await this.#games.drawn(0)).notes;
    const { split, view } = this.#settings;
    return { data: source, ...(size !== null && { rooms: size }), split, ...(view !== "none" && { view }) };
  }

  state(): JsonValue {
    return { game: this.#episode.current().game.name, commands: this.#world.commands };
  }

  async restore(state: JsonValue): Promise<Observation> {
    const { game: name, commands } = readState(savedState, state, ID);
    return this.#begin(await this.#named(name, state), commands);
  }

  close(): Promise<void> {
    return this.#world.close();
  }

  async #begin({ game, notes }: ChosenGame, commands: readonly string[]): Promise<Observation> {
    const first = await this.#world.reset(game.file);
    const task = taskOf(first.text, game.file);
    this.#way = notes.walkthrough ?? [];
    const begun = commands.length === 0 ? first : await this.#world.reset(game.file, commands);
    return this.#observe(this.#episode.enter({ game, notes, task, turn: withoutHelp(begun), steps: commands.length }));
  }

  async #named(name: string, options: unknown): Promise<ChosenGame> {
    const chosen = await this.#games.named(name);
    if (chosen !== undefined) return chosen;
    const reason = `no such game in ${this.#settings.data}, ${this.#settings.split}`;
    throw refusedStart(options, reason, { id: ID, expected: "{game?}, the name of a game" });
  }

  #observe({ turn, task }: Play): Observation {
    const prompt = alfworldPrompt(this.#settings.prompt, {
      scene: sceneOf(turn.text),
      task,
      admissible: turn.admissible,
    });
    const observation = { prompt, admissible: turn.admissible };
    if (this.#settings.view === "none") return observation;
    return { ...observation, image: schematicFrame(visibleScene(turn.facts)) };
  }
}

const commandForm = z.union([
  z.string().transform((text) => ({ text, isFallback: false })),
  z.strictObject({ instead: z.string() }).transform(({ instead }) => ({ text: instead, isFallback: true })),
]);

/** @throws EnvironmentError when it is no command at all. */
function readCommand(command: unknown): z.output<typeof commandForm> {
  const read = commandForm.safeParse(command);
  if (read.success) return read.data;
  throw new EnvironmentError(
    `${ID} action: expected a command or {instead: a command}, got ${JSON.stringify(command)}`,
  );
}

function aboutPlay({ game, notes, turn }: Play): Record<string, JsonValue> {
  return { game: game.name, data: notes.source, won: turn.won };
}

/** The game's own list of commands explains itself, and is none of the paper's. */
function withoutHelp(turn: Turn): Turn {
  return { ...turn, admissible: turn.admissible.filter((command) => command !== "help") };
}

const TASK = /Your task is to: (.+)\.\s*$/;

/** @throws EnvironmentError where a game begins without saying what is wanted. */
function taskOf(introduction: string, file: string): string {
  const task = TASK.exec(introduction)?.[1];
  if (task === undefined)
    throw new EnvironmentError(`${file}: expected "Your task is to: …" at the beginning of the game`);
  return task;
}

/** What the game said, without its greeting and the task, which have places of their own in a prompt. */
function sceneOf(text: string): string {
  return text
    .replace(/^-= .* =-\s*/, "")
    .replace(TASK, "")
    .replaceAll(/\s+/g, " ")
    .trim();
}

export const alfworldText: EnvironmentDefinition<Command, typeof settings, typeof demonstrationQuality> = {
  id: ID,
  summary: "household tasks in text: find things, clean, heat or cool them, put them where they are wanted",
  settings,
  prompt: { names: PROMPT_NAMES, placeholders: PLACEHOLDERS, template: ({ prompt }) => alfworldTemplate(prompt) },
  create: (chosen) => new AlfworldText(chosen),
  demonstrations: {
    quality: demonstrationQuality,
    async *generate(count, random, chosen, quality) {
      const environment = new AlfworldText(chosen);
      try {
        yield* demonstrate(environment, count, random, quality);
      } finally {
        await environment.close();
      }
    },
  },
};
