import { filledTemplate, type Placeholders, type PromptSetting } from "../prompt-setting.ts";
import type { FormulaElement, PointsGame } from "./rules.ts";

export const PROMPT_NAMES = ["full", "brief"] as const;
type PromptName = (typeof PROMPT_NAMES)[number];
export type PointsPrompt = PromptSetting<PromptName>;

export const PLACEHOLDERS: Placeholders = { formula: /^[\d+*/()= -]*$/ };

/** The formula as prompts, frames and utterances show it: its elements without anything between them. */
export function formulaText(formula: readonly FormulaElement[]): string {
  return formula.join("");
}

/** What the agent is asked. `brief` suits a small model that sees its image at 64×64 pixels. */
export function pointsPrompt(setting: PointsPrompt, game: PointsGame, formula: readonly FormulaElement[]): string {
  return filledTemplate(pointsTemplate(setting, game), { formula: formulaText(formula) });
}

/** The wording with `{formula}` where the present formula stands. */
export function pointsTemplate(setting: PointsPrompt, game: PointsGame): string {
  return typeof setting === "string" ? WORDINGS[setting](game) : setting.text;
}

const WORDINGS: Record<PromptName, (game: PointsGame) => string> = {
  full: ({ id, numCards, target, operators, actions }) =>
    [
      `You are playing a card game called ${id}. The image shows ${numCards} cards and the formula written so far.`,
      `Write a formula that uses every card exactly once and equals ${target}, one number or sign at a time; then end ` +
        `it with "=". An ace counts 1; J, Q and K count 10. You may calculate with ${operators.join(" ")}` +
        `${actions.includes("(") ? " and parentheses" : ""}.`,
      'The current formula is "{formula}".',
      `The next action is one of ${actions.map((action) => `"${action}"`).join(", ")}.`,
      "Answer with a valid JSON object of this form:",
      `{"cards": [${Array.from({ length: numCards }, () => '"x"').join(", ")}], "current formula": "{the formula so far}", ` +
        `"thoughts": "{read out the cards, then think about which number or sign comes next}", "action": "{one action}"}`,
    ].join("\n"),
  brief: ({ target }) => `Make ${target} of all cards. Formula: "{formula}". Answer in JSON.`,
};
