import { autoUiFields, type PhoneAction } from "../../parsing/phone-action.ts";
import { filledTemplate, type PromptSetting } from "../prompt-setting.ts";
import type { PhoneTask } from "./task.ts";

export const PROMPT_NAMES = ["autoui", "brief"] as const;
type PromptName = (typeof PROMPT_NAMES)[number];
export type PhonePrompt = PromptSetting<PromptName>;

const TEMPLATES: Record<PromptName, string> = {
  // AutoUI's own; the end token that DigiRL writes behind it is what a T5 tokenizer puts there by itself.
  autoui: "Previous Actions: {history}Goal: {task}",
  brief: "{history}Goal: {task}",
};

export const PLACEHOLDERS = {
  /** Actions in AutoUI's form, each with a space behind it; nothing at the start of an episode. */
  history: /^(?:"action_type": "[A-Z_]+", [^\n]*?"typed_text": "[^\n]*?" )*$/,
  /** An instruction of several words. */
  task: /^[^\s"[\]{}][^\n"[\]{}]* [^\n"[\]{}]+$/,
};

export function phoneTemplate(prompt: PhonePrompt): string {
  return typeof prompt === "string" ? TEMPLATES[prompt] : prompt.text;
}

/** The prompt of an observation: the task, and as many of the last actions as `numShown`, the oldest first. */
export function phonePrompt(
  prompt: PhonePrompt,
  { instruction }: Pick<PhoneTask, "instruction">,
  actions: readonly PhoneAction[],
  numShown: number,
): string {
  const shown = numShown === 0 ? [] : actions.slice(-numShown);
  const history = shown.map((action) => `${autoUiFields(action)} `).join("");
  return filledTemplate(phoneTemplate(prompt), { history, task: instruction });
}
