import { blankImage, drawImage, type Observation, RandomStream, z } from "../../ts/index.ts";

export const MOVES = ["left", "stay", "right"] as const;
export type Move = (typeof MOVES)[number];
export const noSettings = z.strictObject({});
export const savedState = z.strictObject({ ball: z.int(), bar: z.int(), row: z.int() });
export type State = z.output<typeof savedState>;
const LAST = 4; // of five columns and five rows

export const start = (random: RandomStream) => ({ ball: random.int(0, LAST), bar: random.int(0, LAST), row: 0 });
export const begin = (seed: number) => start(new RandomStream(seed));
export const isOver = ({ row }: State) => row === LAST;

/** The bar moves by a column, the ball falls by a row. */
export function moved({ ball, bar, row }: State, move: Move): State {
  return { ball, bar: Math.min(LAST, Math.max(0, bar + MOVES.indexOf(move) - 1)), row: row + 1 };
}

/** What an agent sees: on white, a black bar below and an orange ball on its way down. */
export function look({ ball, bar, row }: State): Observation {
  const image = blankImage(40, 40, [255, 255, 255]);
  drawImage(image, blankImage(8, 8, [0, 0, 0]), 8 * bar, 8 * LAST);
  drawImage(image, blankImage(8, 8, [255, 120, 0]), 8 * ball, 8 * row);
  return { prompt: 'Catch the ball. Answer {"ball": column, "bar": column, "action": left, stay or right}.', image };
}
