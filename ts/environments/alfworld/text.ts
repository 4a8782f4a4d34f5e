import { z } from "zod";
import type { Command } from "../../parsing/admissible-command.ts";
import type { EnvironmentDefinition } from "../environment.ts";
import { promptSetting } from "../prompt-setting.ts";
import { Alfworld } from "./alfworld.ts";
import { demonstrate, demonstrationQuality } from "./demonstrations.ts";
import { alfworldTemplate, PLACEHOLDERS, PROMPT_NAMES } from "./prompts.ts";
import { SHARED_SETTINGS } from "./settings.ts";

const settings = z.strictObject({
  ...SHARED_SETTINGS,
  prompt: promptSetting(PROMPT_NAMES, PLACEHOLDERS),
  view: z
    .enum(["none", "schematic"])
    .default("none")
    .describe("What observations show: nothing, or a drawing of what an eye would see of the place."),
  worldsPerProcess: z.int().min(1).default(16).describe("Worlds that share one Python."),
});

/** textworld's games, many in a process. */
export const alfworldText: EnvironmentDefinition<Command, typeof settings, typeof demonstrationQuality> = {
  id: "alfworld/text",
  summary: "household tasks in text: find things, clean, heat or cool them, put them where they are wanted",
  settings,
  prompt: { names: PROMPT_NAMES, placeholders: PLACEHOLDERS, template: ({ prompt }) => alfworldTemplate(prompt) },
  create: (chosen) => new Alfworld("text", chosen),
  demonstrations: {
    quality: demonstrationQuality,
    async *generate(count, random, chosen, quality) {
      const game = new Alfworld("text", chosen);
      try {
        yield* demonstrate(game, count, random, quality);
      } finally {
        await game.close();
      }
    },
  },
};
