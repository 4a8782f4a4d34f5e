import { EnvironmentError } from "../../errors.ts";
import { type Game, type GameNotes, listGames, readNotes, type Split } from "./games.ts";
import type { TaskType } from "./goal.ts";

export interface ChosenGame {
  readonly game: Game;
  readonly notes: GameNotes;
}

/** Which games an environment plays, listed once. */
export class GameChoice {
  readonly #data: string;
  readonly #split: Split;
  readonly #taskTypes: readonly TaskType[];
  #listed: Promise<Game[]> | undefined;

  constructor({ data, split, taskTypes }: { data: string; split: Split; taskTypes: readonly TaskType[] }) {
    this.#data = data;
    this.#split = split;
    this.#taskTypes = taskTypes;
  }

  /**
   * The seed's game: as many seeds in a row as there are games play each once. The next one where that cannot be won, as
   * official data has some, which alfworld leaves out.
   * @throws EnvironmentError where there is none.
   */
  async drawn(seed: number): Promise<ChosenGame> {
    const games = await this.#games();
    const first = seed % games.length;
    for (const game of [...games.slice(first), ...games.slice(0, first)]) {
      const notes = await readNotes(game);
      if (notes.isSolvable) return { game, notes };
    }
    throw new EnvironmentError(`alfworld data: no game of ${this.#data}, ${this.#split}, is solvable`);
  }

  /** The game of that name; undefined where there is none. */
  async named(name: string): Promise<ChosenGame | undefined> {
    const game = (await this.#games()).find((each) => each.name === name);
    return game && { game, notes: await readNotes(game) };
  }

  async #games(): Promise<Game[]> {
    this.#listed ??= gamesOf(this.#data, this.#split);
    const games = (await this.#listed).filter(({ goal }) => this.#taskTypes.includes(goal.type));
    if (games.length > 0) return games;
    const wanted = this.#taskTypes.join(", ");
    throw new EnvironmentError(`alfworld data: ${this.#data}, ${this.#split}, has no game of ${wanted}`);
  }
}

/** Official data has thousands of folders: the environments of a process look through them once. */
const listed = new Map<string, Promise<Game[]>>();

function gamesOf(data: string, split: Split): Promise<Game[]> {
  const key = JSON.stringify([data, split]);
  const games = listed.get(key) ?? listGames(data, split);
  listed.set(key, games);
  // A folder that is not there yet may be there the next time.
  games.catch(() => listed.delete(key));
  return games;
}
