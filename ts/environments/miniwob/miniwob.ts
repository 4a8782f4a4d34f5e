import { z } from "zod";
import type { PhoneAction } from "../../parsing/phone-action.ts";
import type { EnvironmentDefinition } from "../environment.ts";
import { PHONE_FORMATS } from "../phones/formats.ts";
import { PLACEHOLDERS, PROMPT_NAMES, phoneTemplate, withPromptOf } from "../phones/prompts.ts";
import { promptSetting } from "../prompt-setting.ts";
import { PAGE_SCREEN, WebEpisodes } from "./web-episodes.ts";
import { WebPage } from "./web-page.ts";

const ID = "miniwob";
/** An instruction quotes what is on its page, so that it may hold anything. */
const placeholders = { ...PLACEHOLDERS, task: /^\S.*$/ };

const settings = z
  .strictObject({
    tasks: z
      .array(z.string().regex(/^[\w-]+$/, "expected a task's name, such as click-button"))
      .min(1)
      .default(["click-button"])
      .describe("Names of MiniWoB++'s tasks; seeds in a row go through all of them."),
    mode: z.enum(["train", "test"]).default("train").describe("A few tasks ask other things under test."),
    horizon: z.int().min(1).default(10).describe("Steps, after which an episode is cut off."),
    prompt: promptSetting(PROMPT_NAMES, placeholders),
    format: z.enum(PHONE_FORMATS).default("autoui").describe("Whose way of writing an action f^parse reads."),
    history: z.int().min(0).default(1).describe("Last actions that the prompt shows."),
    touchGrid: z.int().min(2).max(32).nullable().default(null).describe("As phone/canvas has it."),
    pixelRatio: z.int().min(1).max(4).default(1).describe("Pixels of the screenshot a pixel of the page's 160×210."),
    settleMs: z.int().min(0).default(500).describe("What passes on the page's own clock after each action."),
    answerMs: z.int().min(1).default(30_000).describe("How long the browser may take for one answer."),
    browser: z.string().min(1).default("chromium").describe("A Chromium or Chrome, a name in PATH or a path."),
    pages: z.string().min(1).nullable().default(null).describe("MiniWoB++'s html folder; null: the Python package's."),
  })
  .overwrite(withPromptOf);

/** MiniWoB++, the benchmark of small web tasks, in a real browser, with a phone's actions and the benchmark's raw reward. */
export const miniwob: EnvironmentDefinition<PhoneAction, typeof settings> = {
  id: ID,
  summary: "MiniWoB++'s web tasks in a real Chromium, any of them by name; taps, swipes and typing",
  settings,
  prompt: {
    names: PROMPT_NAMES,
    placeholders,
    template: ({ prompt, format }) => phoneTemplate({ prompt, format, screen: PAGE_SCREEN }),
  },
  create: ({ browser, pages, pixelRatio, settleMs, answerMs, ...chosen }) => {
    const page = new WebPage({ browser, pages, mode: chosen.mode, pixelRatio, settleMs, answerMs });
    return new WebEpisodes({ id: ID, page, ...chosen });
  },
};
