import { WorldError } from "../../../errors.ts";
import type { Turn } from "./calls.ts";
import type { Host } from "./host.ts";

/** Losses of a world in a row, without a command played between, after which it is given up. */
const MAX_LOSSES = 3;

/** A process, or one that starts, and how many worlds it has. */
interface Slot {
  readonly host: Promise<Host>;
  worlds: number;
}

/** Where a world is played, under a name that no other has. */
interface Place {
  readonly slot: Slot;
  readonly host: Host;
  readonly world: string;
}

/** Worlds spread over processes, each with a number of them; a process is started when there is no room, and ends empty. */
export class WorldPool {
  readonly #start: () => Promise<Host>;
  readonly #worldsPerHost: number;
  readonly #slots = new Set<Slot>();
  #lastWorld = 0;

  constructor(start: () => Promise<Host>, worldsPerHost: number) {
    this.#start = start;
    this.#worldsPerHost = worldsPerHost;
  }

  /** A world without a game; its process starts with its first one. */
  world(): World {
    return new World(
      () => this.#enter(),
      (place) => this.#leave(place),
    );
  }

  async #enter(): Promise<Place> {
    const slot = [...this.#slots].find(({ worlds }) => worlds < this.#worldsPerHost) ?? this.#open();
    // Counted before anything is awaited, so that worlds that come at once do not crowd into one process.
    slot.worlds += 1;
    const world = String(++this.#lastWorld);
    try {
      return { slot, host: await slot.host, world };
    } catch (error) {
      this.#slots.delete(slot);
      throw error;
    }
  }

  #open(): Slot {
    const slot: Slot = { host: this.#start(), worlds: 0 };
    this.#slots.add(slot);
    return slot;
  }

  /** @param place of a world that is no longer played; `isLost` where its process has ended. */
  async #leave({ slot, host, world, isLost }: Place & { isLost: boolean }): Promise<void> {
    slot.worlds -= 1;
    if (isLost) this.#slots.delete(slot);
    // The process may end at any time, and in the end it is this that ends it.
    else if (slot.worlds > 0) await host.call("close", { world }).catch(ignoreLoss);
    if (slot.worlds > 0) return;
    this.#slots.delete(slot);
    await host.stop();
  }
}

/** One game being played, brought back to where it was when its process is lost. */
export class World {
  readonly #enter: () => Promise<Place>;
  readonly #leave: (place: Place & { isLost: boolean }) => Promise<void>;
  #place: Place | undefined;
  #game = "";
  #commands: string[] = [];
  #losses = 0;

  constructor(enter: () => Promise<Place>, leave: (place: Place & { isLost: boolean }) => Promise<void>) {
    this.#enter = enter;
    this.#leave = leave;
  }

  /** How often the process was lost since the game began. */
  get losses(): number {
    return this.#losses;
  }

  /** Commands played since the game began. */
  get commands(): readonly string[] {
    return this.#commands;
  }

  /** Begins the game in `file`, and plays `commands` on. */
  async reset(file: string, commands: readonly string[] = []): Promise<Turn> {
    this.#game = file;
    this.#commands = [...commands];
    this.#losses = 0;
    const { turn } = await this.#untilKept(() => this.#begin());
    return turn;
  }

  async step(command: string): Promise<Turn> {
    const turn = await this.#kept(({ host, world }) => host.call("step", { world, command }));
    this.#commands.push(command);
    return turn;
  }

  /** Commands that win from here. */
  async plan(): Promise<readonly string[]> {
    const { commands } = await this.#kept(({ host, world }) => host.call("plan", { world }));
    return commands;
  }

  async close(): Promise<void> {
    const place = this.#place;
    this.#place = undefined;
    if (place !== undefined) await this.#leave({ ...place, isLost: false });
  }

  async #begin(): Promise<Place & { turn: Turn }> {
    const place = this.#place ?? (await this.#enter());
    this.#place = place;
    const { host, world } = place;
    return { ...place, turn: await host.call("reset", { world, game: this.#game, commands: this.#commands }) };
  }

  /** A call in the game as it stands, which is played anew as often as its process is lost. */
  #kept<T>(call: (place: Place) => Promise<T>): Promise<T> {
    return this.#untilKept(async () => call(this.#place ?? (await this.#begin())));
  }

  async #untilKept<T>(work: () => Promise<T>): Promise<T> {
    for (let losses = 1; ; losses++) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof WorldError) || error.code !== "lost") throw error;
        await this.#lose(error);
        if (losses === MAX_LOSSES) {
          throw new WorldError("lost", `${error.message}; given up after ${MAX_LOSSES} times in a row`, {
            cause: error,
            tail: error.tail,
          });
        }
      }
    }
  }

  async #lose(error: WorldError): Promise<void> {
    this.#losses += 1;
    process.emitWarning(`${error.message}. Its game is played anew up to here.`, "WorldLost");
    const place = this.#place;
    this.#place = undefined;
    if (place !== undefined) await this.#leave({ ...place, isLost: true });
  }
}

function ignoreLoss(error: unknown): void {
  if (!(error instanceof WorldError) || error.code !== "lost") throw error;
}
