import { z } from "zod";
import { EnvironmentError } from "../../errors.ts";
import { type Command, parseAdmissibleCommand } from "../../parsing/admissible-command.ts";
import type { ParseResult } from "../../parsing/parse.ts";
import { parseWrittenCommand } from "../../parsing/written-command.ts";
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
import { EpisodeState, readStart, readState, refusedStart, requireAction } from "../episode-state.ts";
import { COMMAND_FACTORS, commandFactors } from "./factors.ts";
import { type ChosenGame, GameChoice } from "./game-choice.ts";
import { type Goal, goalConditionRate } from "./goal.ts";
import { poolOf } from "./hosts/bridges.ts";
import type { Fact, Turn } from "./hosts/calls.ts";
import type { WorldsKind } from "./hosts/kinds.ts";
import type { World } from "./hosts/pool.ts";
import { alfworldPrompt } from "./prompts.ts";
import { schematicFrame } from "./schematic/frame.ts";
import { visibleScene } from "./schematic/scene.ts";
import type { WorldSettings } from "./settings.ts";
import { sceneOf, taskOf, withoutHelp } from "./told.ts";

/** The longest episode, in steps. */
const HORIZON = 50;
/** RL4VLM's reward: this for a win, the share of the goal's conditions that hold, 1 off where no command was named. */
const WIN_REWARD = 50;

const startOptions = z.strictObject({ game: z.string().min(1).exactOptional() });
const savedState = z.strictObject({ game: z.string(), commands: z.array(z.string()) });

/** An episode: its game, what the world said last, and how many commands were played. */
interface Play extends ChosenGame {
  readonly task: string;
  readonly turn: Turn;
  readonly steps: number;
}

/**
 * ALFWorld's worlds of either kind. An action is a {@link Command} of the game; the episode's seed chooses the game.
 *
 * `reset` options: `game`, the name of one of the split's, such as `pick_and_place_simple-Mug-None-Desk-308/trial_T0_00000`.
 * An episode succeeds when its goal holds, within 50 steps; its `kind` is the type of its task. `info` tells the game,
 * whether it is of `synthetic` or `official` data, the view, and the share of the goal's conditions that hold.
 */
export class Alfworld implements Environment<Command> {
  readonly spec: EnvironmentSpec;
  readonly #kind: WorldsKind;
  readonly #settings: WorldSettings;
  readonly #games: GameChoice;
  readonly #world: World;
  readonly #episode: EpisodeState<Play>;
  /** Commands that win, from the episode's beginning on, as far as they are known. */
  #way: readonly string[] = [];

  constructor(kind: WorldsKind, settings: WorldSettings) {
    const id = `alfworld/${kind}`;
    this.spec = { id, horizon: HORIZON, showsImages: settings.view !== "none", factors: COMMAND_FACTORS };
    this.#kind = kind;
    this.#settings = settings;
    this.#games = new GameChoice(settings);
    this.#world = poolOf(settings.bridge, settings.worldsPerProcess, kind).world();
    this.#episode = new EpisodeState<Play>(id, ({ turn, steps }) => turn.won || steps >= HORIZON);
  }

  async reset({ seed, options = {} }: ResetRequest): Promise<Observation> {
    const { game: name } = readStart(startOptions, options, this.#start());
    return this.#begin(name === undefined ? await this.#games.drawn(seed) : await this.#named(name, options), []);
  }

  async step(command: Command): Promise<StepResult> {
    const play = this.#episode.running();
    const { text, isFallback } = readCommand(command, this.spec.id);
    requireAction(text, play.turn.admissible, this.spec.id);
    const next = { ...play, turn: withoutHelp(await this.#world.step(text)), steps: play.steps + 1 };
    this.#episode.enter(next);
    const { won, facts } = next.turn;
    const rate = next.turn.goalConditionRate ?? goalConditionRate(play.game.goal, facts);
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
    if (next === undefined) throw new EnvironmentError(`${this.spec.id}: no way to win is known from here`);
    return next;
  }

  /**
   * Commands from here towards a win. In text worlds all of them: the rest of the game's own while they are followed,
   * else of the planner's. In visual worlds, which number things in another way, the next of alfworld's handcoded expert.
   */
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
    const { game: name, commands } = readState(savedState, state, this.spec.id);
    return this.#begin(await this.#named(name, state), commands);
  }

  close(): Promise<void> {
    return this.#world.close();
  }

  async #begin({ game, notes }: ChosenGame, commands: readonly string[]): Promise<Observation> {
    const first = await this.#world.reset(game.file);
    const task = taskOf(first.text, game.file);
    this.#way = (this.#kind === "text" ? notes.walkthrough : null) ?? [];
    const begun = commands.length === 0 ? first : await this.#world.reset(game.file, commands);
    return this.#observe(this.#episode.enter({ game, notes, task, turn: withoutHelp(begun), steps: commands.length }));
  }

  async #named(name: string, options: unknown): Promise<ChosenGame> {
    const chosen = await this.#games.named(name);
    if (chosen !== undefined) return chosen;
    throw refusedStart(options, `no such game in ${this.#settings.data}, ${this.#settings.split}`, this.#start());
  }

  #start(): { id: string; expected: string } {
    return { id: this.spec.id, expected: "{game?}, the name of a game" };
  }

  #observe({ turn, task }: Play): Observation {
    const told = { scene: sceneOf(turn.text), task, admissible: turn.admissible };
    const prompt = alfworldPrompt(this.#settings.prompt, told);
    const image = this.#look(turn);
    return { prompt, admissible: turn.admissible, ...(image !== undefined && { image }) };
  }

  #look({ facts, frame }: Turn): RgbImage | undefined {
    switch (this.#settings.view) {
      case "none":
        return undefined;
      case "schematic":
        return schematicFrame(visibleScene(facts));
      case "thor":
        return frame;
    }
  }
}

const commandForm = z.union([
  z.string().transform((text) => ({ text, isFallback: false })),
  z.strictObject({ instead: z.string() }).transform(({ instead }) => ({ text: instead, isFallback: true })),
]);

/** @throws EnvironmentError when it is no command at all. */
function readCommand(command: unknown, id: string): z.output<typeof commandForm> {
  const read = commandForm.safeParse(command);
  if (read.success) return read.data;
  throw new EnvironmentError(
    `${id} action: expected a command or {instead: a command}, got ${JSON.stringify(command)}`,
  );
}

function aboutPlay({ game, notes, turn }: Play): Record<string, JsonValue> {
  return { game: game.name, data: notes.source, won: turn.won };
}
