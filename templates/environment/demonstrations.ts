import { type RandomStream, z } from "../../ts/index.ts";
import { look, MOVES, start } from "./game.ts";

export const quality = z.strictObject({ slipRate: z.number().min(0).max(1).default(0.4) });

/** Plays well but for slips, which are left for RL to mend. */
export function* demonstrate(count: number, random: RandomStream, _: object, { slipRate }: z.output<typeof quality>) {
  for (let made = 0; made < count; made++) {
    const { ball, bar } = start(random);
    const side = Math.sign(ball - bar);
    const action = random.float() < slipRate ? random.pick(MOVES) : MOVES[side + 1];
    const observation = look({ ball, bar, row: random.int(0, 3) });
    yield { observation, utterance: JSON.stringify({ ball, bar, action }) };
  }
}
