import { filledTemplate, type Placeholders, type PromptSetting } from "../prompt-setting.ts";

export const PROMPT_NAMES = ["text", "full", "brief"] as const;
/** The same, where there is an image. */
export const VISUAL_PROMPT_NAMES = ["full", "text", "brief"] as const;
type PromptName = (typeof PROMPT_NAMES)[number];
export type AlfworldPrompt = PromptSetting<PromptName>;

export const PLACEHOLDERS: Placeholders = { scene: /^[^[\]]*$/, task: /^[a-z ]+$/, admissible: /^[^[\]]*$/ };

/** What an agent is told: what the game said last, its task, and the commands that do something now. */
export interface Told {
  readonly scene: string;
  readonly task: string;
  readonly admissible: readonly string[];
}

/** The wording that settings choose, with {scene}, {task} and {admissible} where those stand. */
export function alfworldTemplate(setting: AlfworldPrompt): string {
  return typeof setting === "string" ? WORDINGS[setting] : setting.text;
}

export function alfworldPrompt(setting: AlfworldPrompt, { scene, task, admissible }: Told): string {
  return filledTemplate(alfworldTemplate(setting), { scene, task, admissible: admissible.join(", ") });
}

/** `full` in the form of the paper's Appendix F; `text` without an image; `brief` for a small model. */
const WORDINGS: Record<PromptName, string> = {
  full: worded("first describe what you see in the image using the text description, then "),
  text: worded("first describe the current scene, then "),
  brief: "Task: {task}. {scene} Commands: {admissible}. Answer in JSON.",
};

function worded(description: string): string {
  return [
    "You are an expert in the ALFRED Embodied Environment. You are also given the following text description of the " +
      "current scene: [{scene}]. Your task is to {task}. Your admissible actions of the current situation are: " +
      "[{admissible}]. Your response should be a valid json file in the following format:",
    "{",
    `"thoughts": "{${description}carefully think about which action to complete the task. }",`,
    '"action": "{an admissible action}"',
    "}",
  ].join("\n");
}
