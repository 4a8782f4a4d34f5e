import { z } from "zod";
import type { EnvironmentDefinition, RgbImage } from "../environment.ts";
import { generated } from "../generated.ts";
import { promptSetting } from "../prompt-setting.ts";
import { demonstrate, demonstrationQuality } from "./demonstrations.ts";
import { numberLineFrame } from "./frame.ts";
import { NumberLineGame, type ShowNumbers } from "./game.ts";
import { numberLinePrompt, PROMPT_NAMES } from "./prompts.ts";
import type { NumberLineAction, NumberPair } from "./rules.ts";
import { READ_OUT } from "./utterances.ts";

const settings = z.strictObject({
  prompt: promptSetting(PROMPT_NAMES),
});
type NumberLineSettings = z.output<typeof settings>;

/** The game as Gym Cards has it: the numbers stand in the image alone. */
export class NumberLine extends NumberLineGame {
  constructor(chosen: NumberLineSettings, frameOf = numberLineFrame) {
    super({ id: "numberline", showsImages: true }, shownAsImage(chosen, frameOf));
  }
}

function shownAsImage({ prompt }: NumberLineSettings, frameOf: (pair: NumberPair) => RgbImage): ShowNumbers {
  const words = numberLinePrompt(prompt);
  return (pair) => ({ prompt: words, image: frameOf(pair) });
}

export const numberLine: EnvironmentDefinition<NumberLineAction, typeof settings, typeof demonstrationQuality> = {
  id: "numberline",
  summary: "Gym Cards: move a number to its target by - and +",
  settings,
  prompt: { names: PROMPT_NAMES, placeholders: {}, template: ({ prompt }) => numberLinePrompt(prompt) },
  create: (chosen) => new NumberLine(chosen),
  demonstrations: {
    quality: demonstrationQuality,
    generate: (count, random, chosen, quality) => {
      const show = shownAsImage(chosen, numberLineFrame);
      return generated(count, () => demonstrate(random, show, READ_OUT, quality));
    },
  },
};
