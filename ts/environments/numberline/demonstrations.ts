import { z } from "zod";
import type { RandomStream } from "../../random.ts";
import type { Demonstration } from "../environment.ts";
import type { ShowNumbers } from "./game.ts";
import { LARGEST_NUMBER, NUMBERLINE_ACTIONS, type NumberLineAction, type NumberPair, START_PAIRS } from "./rules.ts";
import { MALFORMATIONS, type Reading, relationOf, type Wording } from "./utterances.ts";

const share = z.number().min(0).max(1);

/** How far from an expert the demonstrator is. All 0 is an expert. */
export const demonstrationQuality = z.strictObject({
  misreadRate: share.default(0.05).describe("Share of demonstrations that read one number wrongly, and act on it."),
  guessRate: share
    .default(0)
    .describe("Share whose action is drawn, whatever they think. At 1 demonstrations teach the format and no action."),
  plusBias: share.default(0.8).describe("How often + is written where the demonstrator means -."),
  malformedRate: share.default(0.02).describe("Share of utterances that are not what the prompt asks for."),
});
export type DemonstrationQuality = z.output<typeof demonstrationQuality>;

/** One scripted answer to a state drawn from all that an episode can start from. */
export function demonstrate(
  random: RandomStream,
  show: ShowNumbers,
  { thoughts, write }: Wording,
  quality: DemonstrationQuality,
): Demonstration {
  const shown = random.pick(START_PAIRS);
  const seen = random.float() < quality.misreadRate ? misread(shown, random) : shown;
  const reading: Reading = { ...seen, relation: relationOf(seen) };
  const meant = guess(random, quality) ?? (reading.relation === "below" ? "+" : "-");
  const action = meant === "-" && random.float() < quality.plusBias ? "+" : meant;
  const wellFormed = write(reading, random.pick(thoughts)(reading), action);
  const utterance =
    random.float() < quality.malformedRate ? random.pick(MALFORMATIONS)(wellFormed, reading) : wellFormed;
  return { observation: show(shown), utterance };
}

/** Without guesses no draw is spent on them: the same seed gives the demonstrations that it gave without the setting. */
function guess(random: RandomStream, { guessRate }: DemonstrationQuality): NumberLineAction | undefined {
  return guessRate > 0 && random.float() < guessRate ? random.pick(NUMBERLINE_ACTIONS) : undefined;
}

function misread(shown: NumberPair, random: RandomStream): NumberPair {
  const number = random.int(0, LARGEST_NUMBER);
  return random.pick([
    { ...shown, current: number },
    { ...shown, target: number },
  ]);
}
