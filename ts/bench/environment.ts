import { CosoError } from "../errors.ts";
import { median } from "../report/statistics.ts";
import { type Ink, startOwnGames, startPillowGames } from "./players.ts";

/** Our games by name, and the name of each on the Python side. */
const references: Readonly<Record<string, string>> = {
  numberline: "numberline",
  "numberline-uncached": "numberline",
  ezpoints: "ezpoints",
  points24: "points24",
  blackjack: "blackjack",
};

const WARM_UP_ROUNDS = 4;
/** The two rasterisers spread ink a little differently over pixels, but lay down as much of it. */
const INK_TOLERANCE = 0.1;

/**
 * Gym Cards with images under random actions, reset whenever an episode ends, and the same games in Python, where
 * Pillow draws every frame with fonts and cards made once. The two take turns, so that whatever else the machine does
 * falls on both; seconds are of the CPU, medians over rounds.
 *
 * Of each game: `stepsPerSecond`, `pillowStepsPerSecond`, their `ratio`, and `n` steps of each. `numberline` draws a
 * state's frame once, as experiments run it; `numberline-uncached` draws every frame, as the card games do.
 */
export async function benchEnvironment({
  rounds = 9,
  stepsARound = 400,
}: {
  rounds?: number;
  stepsARound?: number;
} = {}): Promise<Record<string, number>> {
  const [own, pillow] = [startOwnGames(), startPillowGames()];
  const figures: Record<string, number> = {};
  try {
    for (const [game, reference] of Object.entries(references)) {
      const seconds: number[] = [];
      const pillowSeconds: number[] = [];
      for (let round = -WARM_UP_ROUNDS; round < rounds; round += 1) {
        const ours = await own.play(game, stepsARound);
        const theirs = await pillow.play(reference, stepsARound);
        requireSameInk(game, ours.ink, theirs.ink);
        if (round < 0) continue;
        seconds.push(ours.seconds);
        pillowSeconds.push(theirs.seconds);
      }
      figures[`${game}.stepsPerSecond`] = stepsARound / median(seconds);
      figures[`${game}.pillowStepsPerSecond`] = stepsARound / median(pillowSeconds);
      figures[`${game}.ratio`] = median(pillowSeconds) / median(seconds);
      figures[`${game}.n`] = rounds * stepsARound;
    }
  } finally {
    await Promise.all([own.stop(), pillow.stop()]);
  }
  return figures;
}

function requireSameInk(game: string, ours: Ink, theirs: Ink): void {
  for (const half of [0, 1] as const) {
    if (Math.abs(ours[half] / theirs[half] - 1) <= INK_TOLERANCE) continue;
    throw new CosoError(`${game}: the two sides draw different frames: ink ${ours} here, ${theirs} by Pillow`);
  }
}
