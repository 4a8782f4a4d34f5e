import type { PromptSetting } from "../prompt-setting.ts";

export const PROMPT_NAMES = ["full", "brief"] as const;
type PromptName = (typeof PROMPT_NAMES)[number];

/** What the agent is asked. `brief` suits a small model that sees its image at 64×64 pixels. */
export function elevatorPrompt(setting: PromptSetting<PromptName>): string {
  return typeof setting === "string" ? WORDINGS[setting] : setting.text;
}

const WORDINGS: Record<PromptName, string> = {
  full: [
    "You run a lift in a house with the floors 0 to 5. The image shows the floor of the lift and the floor of a call.",
    "Bring the lift to the call. The lift does what your plan says: it must name up or down, and how many floors.",
    "Answer with a valid JSON object of this form:",
    '{"lift": "x", "call": "x", "thoughts": "{read out both floors, then think about where the call is}", ' +
      '"plan": "{which way to ride, and how many floors}", "action": "go" or "wait"}',
  ].join("\n"),
  brief: "Bring the lift to the call. Answer in JSON.",
};
