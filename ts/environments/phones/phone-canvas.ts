import { z } from "zod";
import type { PhoneAction } from "../../parsing/phone-action.ts";
import type { EnvironmentDefinition } from "../environment.ts";
import { promptSetting } from "../prompt-setting.ts";
import { CanvasPhone } from "./canvas/canvas-phone.ts";
import { demonstrate, demonstrationQuality } from "./canvas/demonstrations.ts";
import { expertAction } from "./canvas/expert.ts";
import { type CanvasTask, GOAL_KINDS, type Goal, isDone } from "./canvas/goal.ts";
import { canvasTasks, TASK_STYLES, type TaskSplit, type TaskStyle } from "./canvas/tasks.ts";
import { PHONE_FORMATS } from "./formats.ts";
import { Phone } from "./phone.ts";
import { PHONE_SCREEN, PLACEHOLDERS, PROMPT_NAMES, phoneTemplate, withPromptOf } from "./prompts.ts";

const ID = "phone/canvas";
/** Android in the Wild's, in steps (paper, appendix B.1). */
const HORIZON = { general: 10, webshopping: 20 } as const;

const settings = z
  .strictObject({
    tasks: z.enum(TASK_STYLES).default("general").describe("In the style of AitW General or AitW WebShopping."),
    split: z.enum(["train", "test"]).default("train"),
    overlap: z
      .boolean()
      .default(false)
      .describe("Whether the test tasks are the first 96 of training, as the paper's are, instead of held-out ones."),
    kinds: z.array(z.enum(GOAL_KINDS)).min(1).nullable().default(null).describe("Tasks of these kinds alone."),
    prompt: promptSetting(PROMPT_NAMES, PLACEHOLDERS),
    format: z.enum(PHONE_FORMATS).default("autoui").describe("Whose way of writing an action f^parse reads."),
    history: z.int().min(0).default(1).describe("Last actions that the prompt shows; the reference shows one."),
    touchGrid: z
      .int()
      .min(2)
      .max(32)
      .nullable()
      .default(null)
      .describe(
        "Rows and columns of a second factor of the SCM, where a touch begins; null: types alone, as the paper.",
      ),
  })
  .refine((chosen) => tasksOf(chosen).length > 0, {
    path: ["kinds"],
    error: "expected a kind that tasks of this style have; see docs/phones.md",
  })
  .overwrite(withPromptOf);
type Settings = z.output<typeof settings>;

/** A simulated phone, drawn in plain pixels: tasks in the style of Android in the Wild, success read from its state. */
export const phoneCanvas: EnvironmentDefinition<PhoneAction, typeof settings, typeof demonstrationQuality> = {
  id: ID,
  summary: "a simulated phone at 224×224: apps, a shop, dead ends; tasks in the style of Android in the Wild",
  settings,
  prompt: {
    names: PROMPT_NAMES,
    placeholders: PLACEHOLDERS,
    template: ({ prompt, format }) => phoneTemplate({ prompt, format, screen: PHONE_SCREEN }),
  },
  create: (chosen) => simulatedPhone(new CanvasPhone(), chosen),
  demonstrations: {
    quality: demonstrationQuality,
    generate: (count, random, chosen, quality) => {
      const device = new CanvasPhone();
      return demonstrate(
        { device, phone: simulatedPhone(device, chosen), format: chosen.format },
        count,
        random,
        quality,
      );
    },
  },
};

function simulatedPhone(device: CanvasPhone, chosen: Settings): Phone<CanvasTask> {
  const { tasks: style, split, overlap, kinds, prompt, format, history, touchGrid } = chosen;
  return new Phone<CanvasTask>({
    id: ID,
    device,
    judge: { verdict: async (task) => ({ kind: isDone(device.state(), task) ? "success" : "failure" }) },
    tasks: () => tasksOf(chosen),
    horizon: HORIZON[style],
    prompt,
    format,
    history,
    touchGrid,
    conditions: {
      tasks: kinds === null ? style : `${style}: ${kinds.join(", ")}`,
      split: split === "test" && overlap ? "test, from training" : split,
    },
    expert: (task) => expertAction(device.state(), task),
  });
}

interface TaskChoice {
  tasks: TaskStyle;
  split: TaskSplit;
  overlap: boolean;
  kinds: readonly Goal["kind"][] | null;
}

function tasksOf({ tasks, split, overlap, kinds }: TaskChoice): readonly CanvasTask[] {
  const all = canvasTasks(tasks, split, { overlap });
  return kinds === null ? all : all.filter(({ goal }) => kinds.includes(goal.kind));
}
