import {
  defineEnvironment,
  EpisodeState,
  parseKeyedAction,
  readStart,
  readState,
  requireAction,
} from "../../ts/index.ts";
import { demonstrate, quality } from "./demonstrations.ts";
import { begin, isOver, look, MOVES, type Move, moved, noSettings, type State, savedState } from "./game.ts";

export const catchGame = defineEnvironment({
  module: import.meta.url, // how `coso eval` and the like find this file again
  id: "catch",
  summary: "be under the ball when it lands",
  settings: noSettings,
  demonstrations: { quality, generate: demonstrate },
  create() {
    const episode = new EpisodeState<State>("catch", isOver);
    return {
      spec: { id: "catch", horizon: 4, showsImages: true, factors: [{ name: "action", labels: MOVES }] },
      async reset({ seed, options = {} }) {
        readStart(noSettings, options, { id: "catch", expected: "none" });
        return look(episode.enter(begin(seed)));
      },
      async step(move: Move) {
        const state = episode.running(); // an error once the episode is over
        requireAction(move, MOVES, "catch");
        const next = episode.enter(moved(state, move));
        const terminated = isOver(next); // the game itself ended; where it is only cut off, that is `truncated`
        const caught = terminated && next.ball === next.bar;
        const ending = terminated ? { success: caught } : {};
        return { observation: look(next), reward: Number(caught), terminated, truncated: false, ...ending, info: {} };
      },
      parse: (utterance) => parseKeyedAction(utterance, MOVES), // f^parse: what stands behind "action":, and where
      state: () => episode.current(), // enough to go on in the middle of an episode
      restore: async (state) => look(episode.enter(readState(savedState, state, "catch"))),
    };
  },
});
