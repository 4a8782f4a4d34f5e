import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { z } from "zod";
import { DEJAVU_SANS_BOLD_FILE } from "../environments/drawing/typeface.ts";
import { CosoError } from "../errors.ts";
import { pythonCommand, pythonEnvironment } from "../worker/python-command.ts";

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
  const program = fileURLToPath(new URL("play-games.ts", import.meta.url));
  return startPlayer(process.execPath, ["--single-threaded-gc", "--import", import.meta.resolve("tsx"), program]);
}

/** The same games in Python. */
export function startPillowGames(): Player {
  const [python = ""] = pythonCommand();
  return startPlayer(python, ["-m", "bench.pillow_games", DEJAVU_SANS_BOLD_FILE]);
}

const answer = z.object({
  seconds: z.number().positive(),
  ink: z.tuple([z.number(), z.number()]),
});

function startPlayer(command: string, args: readonly string[]): Player {
  const child = execa(command, args, { env: pythonEnvironment(1), stdin: "pipe", reject: false });
  // A process that ended has said why; its answer that never comes is reported below.
  child.stdin.on("error", () => undefined);
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async play(game, steps) {
      child.stdin.write(`${game} ${steps}\n`);
      const { value, done } = await answers.next();
      if (done === true) throw new CosoError(`A side of the benchmark ended, ${command}: ${(await child).stderr}`);
      return answer.parse(JSON.parse(value));
    },
    async stop() {
      child.stdin.end();
      await child;
    },
  };
}
