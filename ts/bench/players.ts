import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { DEJAVU_SANS_BOLD_FILE } from "../environments/drawing/typeface.ts";
import { type LineProcess, startLineProcess, startPythonProcess } from "./line-process.ts";

/** Mean distance of pixels from the canvas' colour, 0–255, in the upper and the lower half of a frame. */
export type Ink = readonly [upper: number, lower: number];

/** A process that plays games; it waits for work on its standard input and ends with it. */
export interface Player {
  /** CPU seconds of `steps` random actions, and the ink of the game's sample frame. */
  play(game: string, steps: number): Promise<{ seconds: number; ink: Ink }>;
  stop(): Promise<void>;
}

/**
 * Our environments. Python has one thread, and so has this process: V8's threads that help to collect garbage spin
 * while they wait for each other, which on a busy machine takes more CPU time than the games.
 */
export function startOwnGames(): Player {
  const self = fileURLToPath(import.meta.url);
  const program = join(dirname(self), `play-games${extname(self)}`);
  const args = ["--single-threaded-gc", "--import", import.meta.resolve("tsx"), program];
  return playerOf(startLineProcess(process.execPath, args));
}

/** The same games in Python. */
export function startPillowGames(): Player {
  return playerOf(startPythonProcess("bench.pillow_games", [DEJAVU_SANS_BOLD_FILE]));
}

const answer = z.object({
  seconds: z.number().positive(),
  ink: z.tuple([z.number(), z.number()]),
});

function playerOf(process: LineProcess): Player {
  return {
    play: async (game, steps) => answer.parse(await process.ask(`${game} ${steps}`)),
    stop: () => process.stop(),
  };
}
