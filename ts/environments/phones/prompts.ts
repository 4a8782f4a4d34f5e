import { filledTemplate, type PromptSetting } from "../prompt-setting.ts";
import { explanationOf, type ScreenKind } from "./explanations.ts";
import { FORMATS, type PhoneFormat } from "./formats.ts";
import type { PhoneTask } from "./task.ts";

export const PROMPT_NAMES = ["autoui", "brief", "explained"] as const;
type PromptName = (typeof PROMPT_NAMES)[number];
export type PhonePrompt = PromptSetting<PromptName>;

/** What decides how prompts are worded. */
export interface PromptChoice {
  readonly prompt: PhonePrompt;
  readonly format: PhoneFormat;
  readonly screen: ScreenKind;
}

export const PHONE_SCREEN: ScreenKind = { name: "an Android phone", keys: ["back", "home", "enter"] };

export const PLACEHOLDERS = {
  /** Actions as the format tells them, each with a space behind it; nothing at the start of an episode. */
  history: /^(?:"action_type": "[A-Z_]+", [^\n]*?"typed_text": "[^\n]*?" |[A-Z][^\n]*?\. )*$/,
  /** An instruction of several words. */
  task: /^[^\s"[\]{}][^\n"[\]{}]* [^\n"[\]{}]+$/,
};

/**
 * AutoUI's own prompt asks for nothing that labelled elements could answer: where it is the choice, because nobody chose,
 * those are explained.
 */
export function withPromptOf<Chosen extends Pick<PromptChoice, "prompt" | "format">>(chosen: Chosen): Chosen {
  const isAskedFor = chosen.prompt !== "autoui" || !FORMATS[chosen.format].isLabelled;
  return isAskedFor ? chosen : { ...chosen, prompt: "explained" };
}

export function phoneTemplate({ prompt, format, screen }: PromptChoice): string {
  switch (prompt) {
    case "autoui":
      // AutoUI's own; the end token that DigiRL writes behind it is what a T5 tokenizer puts there by itself.
      return "Previous Actions: {history}Goal: {task}";
    case "brief":
      return "{history}Goal: {task}";
    case "explained":
      return explanationOf(format, screen);
    default:
      return prompt.text;
  }
}

/**
 * The prompt of an observation: the task, and as many of the last actions as `numShown`, the oldest first.
 * @param told the actions as the format tells them
 */
export function phonePrompt(
  choice: PromptChoice,
  { instruction }: Pick<PhoneTask, "instruction">,
  told: readonly string[],
  numShown: number,
): string {
  const shown = numShown === 0 ? [] : told.slice(-numShown);
  const history = shown.map((each) => `${each} `).join("");
  return filledTemplate(phoneTemplate(choice), { history, task: instruction });
}
