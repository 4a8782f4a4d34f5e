import { filledTemplate, type Placeholders, type PromptSetting } from "../prompt-setting.ts";
import type { NumberPair } from "./rules.ts";
import { relationOf } from "./utterances.ts";

export const PROMPT_NAMES = ["full", "brief"] as const;
type PromptName = (typeof PROMPT_NAMES)[number];

/** What the agent is asked. `brief` suits a small model that sees its image at 64×64 pixels. */
export function numberLinePrompt(setting: PromptSetting<PromptName>): string {
  return typeof setting === "string" ? WORDINGS[setting] : setting.text;
}

const WORDINGS: Record<PromptName, string> = {
  full: [
    "You are playing a game called number line. The image shows a target number and a current number.",
    "Bring the current number to the target by adding one or subtracting one, one move at a time.",
    "Answer with a valid JSON object of this form:",
    '{"current number": "x", "target number": "x", "thoughts": "{read out both numbers, then think about which move ' +
      'brings them closer}", "action": "-" or "+"}',
  ].join("\n"),
  brief: "Move the current number to the target. Answer in JSON.",
};

export const TEXT_PROMPT_NAMES = ["full", "brief", "compared"] as const;
export type TextPrompt = PromptSetting<(typeof TEXT_PROMPT_NAMES)[number]>;

export const TEXT_PLACEHOLDERS: Placeholders = { current: /^[0-5]$/, target: /^[0-5]$/ };

/** The wording that settings choose: {current} and {target} where the numbers stand, {relation} where their order is told. */
export function textNumberLineTemplate(setting: TextPrompt): string {
  return typeof setting === "string" ? TEXT_WORDINGS[setting] : setting.text;
}

/** What an agent is told that sees no image. */
export function textNumberLinePrompt(setting: TextPrompt, pair: NumberPair): string {
  return filledTemplate(textNumberLineTemplate(setting), {
    current: String(pair.current),
    target: String(pair.target),
    relation: relationOf(pair),
  });
}

/** `brief` costs a third of the tokens of `full`; `compared` is for models that cannot tell which number is larger. */
const TEXT_WORDINGS: Record<(typeof TEXT_PROMPT_NAMES)[number], string> = {
  full: [
    "You are playing a game called number line. The current number is {current}, the target number is {target}.",
    "Bring the current number to the target by adding one or subtracting one, one move at a time.",
    "Answer with a valid JSON object of this form:",
    '{"thoughts": "{compare both numbers, then think about which move brings them closer}", "action": "-" or "+"}',
  ].join("\n"),
  brief: "Current number: {current}. Target number: {target}. Move the current number to the target. Answer in JSON.",
  compared: "The number {current} is {relation} the target {target}. Move it to the target by + or -. Answer in JSON.",
};
