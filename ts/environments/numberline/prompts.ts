import type { PromptSetting } from "../prompt-setting.ts";

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
