import { z } from "zod";
import type {
  Environment,
  EnvironmentDefinition,
  JsonValue,
  Observation,
  ResetRequest,
} from "../../ts/environments/environment.ts";
import { EpisodeState, readStart, readState, requireAction } from "../../ts/environments/episode-state.ts";
import { parseKeyedAction } from "../../ts/parsing/keyed-action.ts";
import { RandomStream } from "../../ts/random.ts";

const MOVES = ["up", "down"] as const;
type Move = (typeof MOVES)[number];
const TOP = 5;
const HORIZON = 10;
const savedState = z.strictObject({ rung: z.int(), steps: z.int() });
type LadderState = z.output<typeof savedState>;

/** Climb to the top rung: in text alone, and with no more to it than tests of what plays environments need. */
class Ladder implements Environment<Move> {
  readonly spec = { id: "ladder", horizon: HORIZON, showsImages: false, factors: [{ name: "action", labels: MOVES }] };
  readonly #episode = new EpisodeState<LadderState>("ladder", ({ rung, steps }) => rung === TOP || steps === HORIZON);

  async reset({ seed, options = {} }: ResetRequest) {
    readStart(z.strictObject({}), options, { id: "ladder", expected: "none" });
    return look(this.#episode.enter({ rung: new RandomStream(seed).int(0, 3), steps: 0 }));
  }
  async step(move: Move) {
    const { rung, steps } = this.#episode.running(); // an error once the episode is over
    requireAction(move, MOVES, "ladder");
    const next = this.#episode.enter({ rung: Math.max(0, rung + (move === "up" ? 1 : -1)), steps: steps + 1 });
    const terminated = next.rung === TOP; // the task is over: no value beyond this step
    const truncated = !terminated && next.steps === HORIZON; // cut off: the value still counts
    const ending = terminated || truncated ? { success: terminated } : {};
    return { observation: look(next), reward: terminated ? 1 : 0, terminated, truncated, ...ending, info: {} };
  }
  parse(utterance: string) {
    return parseKeyedAction(utterance, MOVES); // f^parse: what stands behind the key "action", and where
  }
  state() {
    return this.#episode.current(); // enough to resume in the middle of an episode
  }
  async restore(state: JsonValue) {
    return look(this.#episode.enter(readState(savedState, state, "ladder")));
  }
}

function look({ rung }: LadderState): Observation {
  return { prompt: `You are on rung ${rung} of ${TOP}. Answer {"thoughts": …, "action": "up" or "down"}.` };
}

export const ladder: EnvironmentDefinition<Move> = {
  id: "ladder",
  summary: "climb to the top rung",
  settings: z.strictObject({}),
  create: () => new Ladder(),
};
