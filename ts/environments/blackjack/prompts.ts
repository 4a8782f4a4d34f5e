import type { PromptSetting } from "../prompt-setting.ts";

export const PROMPT_NAMES = ["full", "brief"] as const;
type PromptName = (typeof PROMPT_NAMES)[number];

/** What the agent is asked. `brief` suits a small model that sees its image at 64×64 pixels. */
export function blackjackPrompt(setting: PromptSetting<PromptName>): string {
  return typeof setting === "string" ? WORDINGS[setting] : setting.text;
}

const WORDINGS: Record<PromptName, string> = {
  full: [
    "You are playing blackjack. The image shows the dealer's cards, one of them face down, and below them yours.",
    "An ace counts 11, or 1 where 11 would take the hand past 21; 10, J, Q and K count 10.",
    "Come closer to 21 than the dealer without going past it. The dealer draws below 17.",
    "Answer with a valid JSON object of this form:",
    '{"thoughts": "{count your cards, read the dealer\'s card, then think about what is better}", ' +
      '"action": "stand" or "hit"}',
  ].join("\n"),
  brief: "Stand or hit? Answer in JSON.",
};
