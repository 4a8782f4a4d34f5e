import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { listGames } from "../environments/alfworld/games.ts";
import { generateGames, type Size } from "../environments/alfworld/generation.ts";
import { BRIDGES, type Bridge, poolOf } from "../environments/alfworld/hosts/bridges.ts";
import type { World } from "../environments/alfworld/hosts/pool.ts";
import { hostEnvironment } from "../environments/alfworld/hosts/python.ts";
import { CosoError } from "../errors.ts";
import { RandomStream } from "../random.ts";
import { type LineProcess, startPythonProcess } from "./line-process.ts";

/** Worlds at once, beside one alone; alfworld gets a process for each. */
const WORLDS = 8;

const reference = z.object({ seconds: z.number().positive(), digest: z.string() });

/** What was played, for the other side to play the same, and a digest of all that was answered. */
interface Played {
  readonly commands: readonly string[];
  readonly digest: string;
}

/**
 * Steps a second of random play in a room of the official size, through either bridge and as alfworld itself plays it,
 * one world and eight; the same commands, and the same answers, or it fails.
 * @throws WorldError `start` without alfworld.
 */
export async function benchAlfworld({
  steps = 100,
  size = "full",
}: {
  steps?: number;
  size?: Size;
} = {}): Promise<Record<string, number>> {
  const folder = await mkdtemp(join(tmpdir(), "coso-bench-"));
  try {
    await generateGames({ root: folder, splits: ["train"], games: 1, seed: 0, size, jobs: 1 });
    const [game] = await listGames(folder, "train");
    if (game === undefined) throw new CosoError(`no game in ${folder}`);
    return await compare(game.file, steps);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function compare(game: string, steps: number): Promise<Record<string, number>> {
  const figures: Record<string, number> = {};
  for (const numWorlds of [1, WORLDS]) {
    const sides: { bridge: Bridge; played: readonly Played[]; seconds: number }[] = [];
    for (const bridge of BRIDGES) sides.push({ bridge, ...(await playOurs(game, bridge, numWorlds, steps)) });
    const [first, ...others] = sides.map(({ played }) => played);
    if (others.some((played) => !isDeepStrictEqual(played, first)))
      throw new CosoError(`bridges play ${game} differently`);
    const stock = await playStock(game, first ?? []);
    const rate = (seconds: number): number => (numWorlds * steps) / seconds;
    const name = numWorlds === 1 ? "oneWorld" : "eightWorlds";
    figures[`${name}.stockStepsPerSecond`] = rate(stock);
    for (const { bridge, seconds } of sides) {
      figures[`${name}.${bridge}StepsPerSecond`] = rate(seconds);
      figures[`${name}.${bridge}Ratio`] = stock / seconds;
    }
    figures[`${name}.n`] = numWorlds * steps;
  }
  return figures;
}

async function playOurs(
  game: string,
  bridge: Bridge,
  numWorlds: number,
  steps: number,
): Promise<{ played: Played[]; seconds: number }> {
  const worlds = Array.from({ length: numWorlds }, () => poolOf(bridge, 4).world());
  try {
    const starts = await Promise.all(worlds.map((world) => world.reset(game)));
    const started = performance.now();
    const played = await Promise.all(
      worlds.map((world, index) => playRandomly(world, starts[index]?.admissible ?? [], steps, index)),
    );
    return { played, seconds: (performance.now() - started) / 1_000 };
  } finally {
    await Promise.all(worlds.map((world) => world.close()));
  }
}

async function playRandomly(world: World, first: readonly string[], steps: number, seed: number): Promise<Played> {
  const random = new RandomStream(seed);
  const digest = createHash("sha256");
  const commands: string[] = [];
  let admissible = first;
  for (let step = 0; step < steps; step += 1) {
    const command = random.pick(admissible);
    commands.push(command);
    const turn = await world.step(command);
    // As Python writes a list.
    digest.update(
      `[${JSON.stringify(turn.text)}, ${turn.won}, [${turn.admissible.map((each) => JSON.stringify(each)).join(", ")}]]`,
    );
    admissible = turn.admissible;
  }
  return { commands, digest: digest.digest("hex") };
}

/** The longest of the processes, which all begin at once. */
async function playStock(game: string, played: readonly Played[]): Promise<number> {
  const sides = played.map((each) => ({
    ...each,
    side: startPythonProcess("bench.alfworld_stock", [], hostEnvironment()),
  }));
  try {
    const answers = await Promise.all(sides.map((each) => playAgain(each.side, game, each)));
    return Math.max(...answers);
  } finally {
    await Promise.all(sides.map(({ side }) => side.stop()));
  }
}

async function playAgain(side: LineProcess, game: string, { commands, digest }: Played): Promise<number> {
  const answer = reference.parse(await side.ask(JSON.stringify({ game, commands })));
  if (answer.digest !== digest) throw new CosoError(`alfworld and this project's engine played ${game} differently`);
  return answer.seconds;
}
