import { z } from "zod";
import type { EnvironmentDefinition } from "../environment.ts";
import { generated } from "../generated.ts";
import { promptSetting } from "../prompt-setting.ts";
import { demonstrate, demonstrationQuality } from "./demonstrations.ts";
import { NumberLineGame, type ShowNumbers } from "./game.ts";
import {
  TEXT_PLACEHOLDERS,
  TEXT_PROMPT_NAMES,
  type TextPrompt,
  textNumberLinePrompt,
  textNumberLineTemplate,
} from "./prompts.ts";
import type { NumberLineAction } from "./rules.ts";
import { TOLD } from "./utterances.ts";

const ID = "numberline/text";

const settings = z.strictObject({
  prompt: promptSetting(TEXT_PROMPT_NAMES, TEXT_PLACEHOLDERS),
});

/** NumberLine told in words, for policies that read no images: both numbers stand in the prompt. */
export const numberLineText: EnvironmentDefinition<NumberLineAction, typeof settings, typeof demonstrationQuality> = {
  id: ID,
  summary: "NumberLine in words: both numbers stand in the prompt, and there is no image",
  settings,
  prompt: {
    names: TEXT_PROMPT_NAMES,
    placeholders: TEXT_PLACEHOLDERS,
    template: ({ prompt }) => textNumberLineTemplate(prompt),
  },
  create: ({ prompt }) => new NumberLineGame({ id: ID, showsImages: false }, shownAsText(prompt)),
  demonstrations: {
    quality: demonstrationQuality,
    generate: (count, random, { prompt }, quality) => {
      const show = shownAsText(prompt);
      return generated(count, () => demonstrate(random, show, TOLD, quality));
    },
  },
};

function shownAsText(prompt: TextPrompt): ShowNumbers {
  return (pair) => ({ prompt: textNumberLinePrompt(prompt, pair) });
}
