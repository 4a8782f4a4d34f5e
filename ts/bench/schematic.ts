import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { listGames } from "../environments/alfworld/games.ts";
import { generateGames, type Size } from "../environments/alfworld/generation.ts";
import { poolOf } from "../environments/alfworld/hosts/bridges.ts";
import type { Fact } from "../environments/alfworld/hosts/calls.ts";
import { schematicFrame } from "../environments/alfworld/schematic/frame.ts";
import { visibleScene } from "../environments/alfworld/schematic/scene.ts";
import { CosoError } from "../errors.ts";
import { RandomStream } from "../random.ts";

/** How often each state is drawn once its sprites are there. */
const ROUNDS = 20;

/**
 * Frames a second of the schematic view, from a turn's facts, over random play in a room of the official size: as they
 * come in a new process, which makes its sprites, and afterwards; and what share of a world's step a frame takes.
 * @throws WorldError `start` without alfworld.
 */
export async function benchSchematic({
  steps = 500,
  size = "full",
}: {
  steps?: number;
  size?: Size;
} = {}): Promise<Record<string, number>> {
  const { states, seconds } = await play(steps, size);
  const first = drawingSeconds(states);
  let later = 0;
  for (let round = 0; round < ROUNDS; round += 1) later += drawingSeconds(states);
  const framesPerSecond = (ROUNDS * steps) / later;
  return {
    newProcessFramesPerSecond: steps / first,
    framesPerSecond,
    shareOfStep: steps / seconds / framesPerSecond,
    n: ROUNDS * steps,
  };
}

function drawingSeconds(states: readonly (readonly Fact[])[]): number {
  const started = performance.now();
  for (const facts of states) schematicFrame(visibleScene(facts));
  return (performance.now() - started) / 1_000;
}

/** The state after every command, and how long the commands took. */
async function play(steps: number, size: Size): Promise<{ states: Fact[][]; seconds: number }> {
  const folder = await mkdtemp(join(tmpdir(), "coso-bench-"));
  const world = poolOf("zeromq", 1).world();
  try {
    await generateGames({ root: folder, splits: ["train"], games: 1, seed: 0, size, jobs: 1 });
    const [game] = await listGames(folder, "train");
    if (game === undefined) throw new CosoError(`no game in ${folder}`);
    const random = new RandomStream(0);
    let { admissible } = await world.reset(game.file);
    const states: Fact[][] = [];
    const started = performance.now();
    for (let step = 0; step < steps; step += 1) {
      const turn = await world.step(random.pick(admissible));
      states.push(turn.facts);
      admissible = turn.admissible;
    }
    return { states, seconds: (performance.now() - started) / 1_000 };
  } finally {
    await world.close();
    await rm(folder, { recursive: true, force: true });
  }
}
