import { readdir, readFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { z } from "zod";
import { EnvironmentError, messageOf } from "../../errors.ts";
import { type Goal, TASK_TYPES } from "./goal.ts";

export const SPLITS = ["train", "valid_seen", "valid_unseen"] as const;
export type Split = (typeof SPLITS)[number];

/** Whose games they are: this project's generator's, or the ALFWorld authors'. Every result names it. */
export type DataSource = "synthetic" | "official";

/** A game in its folder `<data>/json_2.1.1/<split>/<type>-<object>-None-<target>-<scene>/<trial>`. */
export interface Game {
  /** Task folder and trial, unique in a split. */
  readonly name: string;
  readonly file: string;
  readonly goal: Goal;
}

const GAME_FILE = "game.tw-pddl";

/**
 * Games of a split in the order of their names. As in alfworld, tasks with movable receptacles or slices are no games.
 * @throws EnvironmentError where there is no such folder, or no game in it.
 */
export async function listGames(data: string, split: Split): Promise<Game[]> {
  const root = resolve(data, "json_2.1.1", split);
  const entries = await readdir(root, { recursive: true }).catch((error: unknown) => {
    throw new EnvironmentError(
      `alfworld data: expected games under ${root}: ${messageOf(error)}. Make some with \`npx coso alfworld generate\`, ` +
        "or let `data` (or ALFWORLD_DATA) name the folder that holds json_2.1.1.",
    );
  });
  const games = entries
    // A folder whose name begins with a dot is one that the generator has not finished.
    .filter((entry) => basename(entry) === GAME_FILE && !basename(dirname(entry)).startsWith("."))
    .sort()
    .flatMap((entry) => {
      const name = dirname(entry);
      const goal = goalOf(dirname(name));
      return goal === null ? [] : [{ name, file: join(root, entry), goal }];
    });
  if (games.length === 0)
    throw new EnvironmentError(`alfworld data: ${root} holds no ${GAME_FILE} of the six task types`);
  return games;
}

/** What a task folder's name tells; null for tasks that are no games. */
function goalOf(folder: string): Goal | null {
  const [type, object = "", movable, target = ""] = basename(folder).split("-");
  const known = TASK_TYPES.find((each) => each === type);
  if (known === undefined || movable !== "None" || object.endsWith("Sliced")) return null;
  return { type: known, object: object.toLowerCase(), target: target.toLowerCase() };
}

const storedGame = z.object({ solvable: z.boolean(), walkthrough: z.array(z.string()).nullish() });
const storedTask = z.object({ source: z.string().optional(), size: z.string().optional() });

/** What a game's files tell beside the game: whether it can be won, how, and who made it. */
export interface GameNotes {
  readonly isSolvable: boolean;
  /** Commands that win it; null where the file has none. */
  readonly walkthrough: readonly string[] | null;
  readonly source: DataSource;
  /** How many things its room has, by the generator's name for it; null for official games. */
  readonly size: string | null;
}

/** @throws EnvironmentError naming the file. */
export async function readNotes({ file }: Game): Promise<GameNotes> {
  try {
    const game = storedGame.parse(JSON.parse(await readFile(file, "utf8")));
    const task = storedTask.parse(JSON.parse(await readFile(join(dirname(file), "traj_data.json"), "utf8")));
    return {
      isSolvable: game.solvable,
      walkthrough: game.walkthrough ?? null,
      source: task.source === "coso-synthetic" ? "synthetic" : "official",
      size: task.size ?? null,
    };
  } catch (error) {
    throw new EnvironmentError(`${file}: expected a game with its traj_data.json beside it: ${messageOf(error)}`);
  }
}
