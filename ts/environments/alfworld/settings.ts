import { z } from "zod";
import { SPLITS } from "./games.ts";
import { TASK_TYPES } from "./goal.ts";
import { BRIDGES } from "./hosts/bridges.ts";
import type { AlfworldPrompt } from "./prompts.ts";

/** What text worlds and visual worlds are alike in. */
export const SHARED_SETTINGS = {
  data: z
    .string()
    .min(1)
    .prefault(() => process.env.ALFWORLD_DATA ?? "alfworld")
    .describe("Folder that holds json_2.1.1: games of `coso alfworld generate`, or the official ones."),
  split: z.enum(SPLITS).default("train"),
  taskTypes: z
    .array(z.enum(TASK_TYPES))
    .min(1)
    .prefault([...TASK_TYPES]),
  matching: z.enum(["longest", "reference"]).default("longest").describe("How f^parse finds a command."),
  bridge: z.enum(BRIDGES).default("pythonia").describe("How the worlds' Python is spoken to."),
};

const shared = z.strictObject(SHARED_SETTINGS);

/** What worlds of either kind are made with. */
export interface WorldSettings extends z.output<typeof shared> {
  readonly prompt: AlfworldPrompt;
  readonly view: View;
  /** Worlds that share one Python. */
  readonly worldsPerProcess: number;
}

/** What observations show: no image, a drawing of what an eye would see of the place, or AI2-THOR's camera. */
export type View = "none" | "schematic" | "thor";
