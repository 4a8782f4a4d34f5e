import { createInterface } from "node:readline";
import { blackjack } from "../environments/blackjack/blackjack.ts";
import { blackjackFrame } from "../environments/blackjack/frame.ts";
import { type Card, parseCard } from "../environments/cards/card.ts";
import { TABLE_GREEN } from "../environments/cards/card-sprites.ts";
import { type Colour, WHITE } from "../environments/drawing/canvas.ts";
import type { Environment, RgbImage } from "../environments/environment.ts";
import { drawNumberLineFrame } from "../environments/numberline/frame.ts";
import { NumberLine } from "../environments/numberline/numberline.ts";
import { pointsFrame } from "../environments/points/frame.ts";
import { ezPoints, points24 } from "../environments/points/points.ts";
import { RandomStream } from "../random.ts";
import type { Ink } from "./players.ts";

/**
 * The environments' side of `coso bench env`, a process of its own. Each line of standard input is a game and a number
 * of steps, such as `points24 2000`; each is answered by a JSON line `{"seconds", "ink"}`, as python/bench/pillow_games
 * answers.
 */

interface Game {
  readonly environment: Environment;
  /** The frame of the state that the Python side shows, too. */
  readonly sample: RgbImage;
  readonly canvas: Colour;
}

/** Two lines long. */
const SAMPLE_FORMULA = ["(", "(", "7", "+", "2", ")", "*", "10", "-", "(", "10", "/", "2", ")"] as const;

const line = { sample: drawNumberLineFrame({ current: 4, target: 2 }), canvas: WHITE };
const games: Readonly<Record<string, Game>> = {
  numberline: { ...line, environment: new NumberLine({ prompt: "full" }) },
  "numberline-uncached": { ...line, environment: new NumberLine({ prompt: "full" }, drawNumberLineFrame) },
  ezpoints: {
    environment: ezPoints.create({ prompt: "full" }),
    sample: pointsFrame(cards("H7", "S5"), ["7", "+"]),
    canvas: TABLE_GREEN,
  },
  points24: {
    environment: points24.create({ prompt: "full" }),
    sample: pointsFrame(cards("H7", "ST", "D2", "CK"), SAMPLE_FORMULA),
    canvas: TABLE_GREEN,
  },
  blackjack: {
    environment: blackjack.create({ prompt: "full" }),
    sample: blackjackFrame({ dealer: cards("H7", "C9"), player: cards("S5", "DK"), hasStood: false }),
    canvas: TABLE_GREEN,
  },
};
const draws = new RandomStream(0);

for await (const request of createInterface({ input: process.stdin })) {
  const [name = "", steps] = request.split(" ");
  const game = games[name];
  if (game === undefined) throw new RangeError(`expected one of ${Object.keys(games).join(", ")}, got ${name}`);
  const seconds = await secondsOf(game.environment, Number(steps), draws);
  process.stdout.write(`${JSON.stringify({ seconds, ink: inkOf(game.sample, game.canvas) })}\n`);
}

function cards(...names: string[]): Card[] {
  return names.map(parseCard);
}

/** CPU seconds of as many random actions, the resets between episodes included. */
async function secondsOf(environment: Environment, steps: number, random: RandomStream): Promise<number> {
  const actions = environment.spec.factors[0]?.labels ?? [];
  await environment.reset({ seed: random.seed() });
  const started = process.cpuUsage();
  for (let step = 0; step < steps; step += 1) {
    const { terminated, truncated } = await environment.step(random.pick(actions));
    if (terminated || truncated) await environment.reset({ seed: random.seed() });
  }
  const { user, system } = process.cpuUsage(started);
  return (user + system) / 1e6;
}

function inkOf({ rgb }: RgbImage, canvas: Colour): Ink {
  const distance = (pixels: Uint8Array): number =>
    pixels.reduce((sum, value, index) => sum + Math.abs(value - (canvas[index % 3] ?? 0)), 0) / pixels.length;
  const middle = rgb.length / 2;
  return [distance(rgb.subarray(0, middle)), distance(rgb.subarray(middle))];
}
