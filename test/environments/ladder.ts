/** README.md shows this file: `ladder.test.ts` holds the two together. */
import { z } from "zod";
import type {
  Environment,
  EnvironmentDefinition,
  Observation,
  ResetRequest,
} from "../../ts/environments/environment.ts";
import { EnvironmentError } from "../../ts/errors.ts";
import type { ParseResult } from "../../ts/parsing/parse.ts";
import { RandomStream } from "../../ts/random.ts";

const MOVES = ["up", "down"] as const;
type Move = (typeof MOVES)[number];
const TOP = 5;
const savedState = z.strictObject({ rung: z.int(), steps: z.int() });

class Ladder implements Environment<Move> {
  readonly spec = { id: "ladder", horizon: 10, showsImages: false, factors: [{ name: "action", labels: MOVES }] };
  #state = { rung: 0, steps: 0 };

  async reset({ seed, options = {} }: ResetRequest): Promise<Observation> {
    if (Object.keys(options).length > 0) throw new EnvironmentError("ladder options: expected none");
    this.#state = { rung: new RandomStream(seed).int(0, 3), steps: 0 };
    return this.#look();
  }
  async step(move: Move) {
    if (!MOVES.includes(move)) throw new EnvironmentError(`ladder: expected up or down, received ${move}`);
    if (this.#isOver) throw new EnvironmentError("ladder: the episode is over; reset it first");
    const rung = Math.max(0, this.#state.rung + (move === "up" ? 1 : -1));
    this.#state = { rung, steps: this.#state.steps + 1 };
    const terminated = rung === TOP; // the task is over: no value beyond this step
    const truncated = !terminated && this.#state.steps === this.spec.horizon; // cut off: the value still counts
    const ending = terminated || truncated ? { success: terminated } : {};
    return { observation: this.#look(), reward: terminated ? 1 : 0, terminated, truncated, ...ending, info: {} };
  }
  parse(utterance: string): ParseResult<Move> {
    const found = /"action":\s*"(?<move>up|down)"/d.exec(utterance);
    const move = MOVES.find((name) => name === found?.groups?.move);
    const span = found?.indices?.groups?.move; // the characters that decide the action
    if (move === undefined || span === undefined) {
      return { kind: "invalid", reason: "no-legal-action", fallback: { kind: "random", among: MOVES } };
    }
    return { kind: "action", action: move, factors: { action: move }, span };
  }
  state() {
    return this.#state; // enough to resume in the middle of an episode
  }
  async restore(state: unknown): Promise<Observation> {
    const saved = savedState.safeParse(state);
    if (!saved.success) throw new EnvironmentError(`ladder state: ${z.prettifyError(saved.error)}`);
    this.#state = saved.data;
    return this.#look();
  }
  get #isOver(): boolean {
    return this.#state.rung === TOP || this.#state.steps === this.spec.horizon;
  }
  #look(): Observation {
    return {
      prompt: `You are on rung ${this.#state.rung} of ${TOP}. Answer {"thoughts": …, "action": "up" or "down"}.`,
    };
  }
}

export const ladder: EnvironmentDefinition<Move> = {
  id: "ladder",
  summary: "climb to the top rung",
  settings: z.strictObject({}),
  create: () => new Ladder(),
};
