import { z } from "zod";
import type { Command } from "../../parsing/admissible-command.ts";
import type { EnvironmentDefinition } from "../environment.ts";
import { promptSetting } from "../prompt-setting.ts";
import { Alfworld } from "./alfworld.ts";
import { alfworldTemplate, PLACEHOLDERS, VISUAL_PROMPT_NAMES } from "./prompts.ts";
import { SHARED_SETTINGS } from "./settings.ts";

const settings = z.strictObject({
  ...SHARED_SETTINGS,
  prompt: promptSetting(VISUAL_PROMPT_NAMES, PLACEHOLDERS),
});

/** The same tasks in AI2-THOR's rooms, as the agent's camera sees them. A world is a Unity, in a process of its own. */
export const alfworldThor: EnvironmentDefinition<Command, typeof settings> = {
  id: "alfworld/thor",
  summary: "the same household tasks seen through AI2-THOR's camera; needs ai2thor 2.1.0, an X display, official data",
  settings,
  prompt: {
    names: VISUAL_PROMPT_NAMES,
    placeholders: PLACEHOLDERS,
    template: ({ prompt }) => alfworldTemplate(prompt),
  },
  create: (chosen) => new Alfworld("thor", { ...chosen, view: "thor", worldsPerProcess: 1 }),
};
