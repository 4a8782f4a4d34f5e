import type { NumberLineAction, NumberPair } from "./rules.ts";

/** How the current number stands to the target. */
export type Relation = "below" | "above" | "equal to";

/** What a demonstrator makes of a state. */
export interface Reading extends NumberPair {
  readonly relation: Relation;
}

/** How utterances are worded. */
export interface Wording {
  /** Thoughts that compare the two numbers as read, most of them in words, and never name the action. */
  readonly thoughts: readonly ((reading: Reading) => string)[];
  readonly write: (reading: Reading, thoughts: string, action: NumberLineAction) => string;
}

export function relationOf({ current, target }: NumberPair): Relation {
  if (current === target) return "equal to";
  return current < target ? "below" : "above";
}

/** As the image's prompts ask: both numbers are read out first. */
export const READ_OUT: Wording = {
  thoughts: [
    ({ relation }) => `The current number is ${relation} the target.`,
    ({ current, target, relation }) => `${current} is ${relation} ${target}.`,
    ({ current, target, relation }) =>
      `I see ${current} and ${target}, so the current number is ${relation} the target.`,
    ({ current, target, relation }) => `I compare ${current} with ${target}: it is ${relation} the target.`,
    ({ current, target, relation }) => `The line shows ${current}, which is ${relation} ${target}, and I must move.`,
    ({ current, target }) => `My number ${current} should become ${target}.`,
  ],
  write: ({ current, target }, thoughts, action) =>
    `{"current number": "${current}", "target number": "${target}", "thoughts": "${thoughts}", "action": "${action}"}`,
};

/** As the text's prompts ask, where there is nothing to read out. Short: a language model pays for every token. */
export const TOLD: Wording = {
  thoughts: [
    ({ current, target, relation }) => `${current} is ${relation} ${target}.`,
    ({ relation }) => `It is ${relation} the target.`,
    ({ current, target, relation }) => `${current} to ${target}, so it is ${relation}.`,
    ({ current, target }) => `${current} should become ${target}.`,
  ],
  write: (_, thoughts, action) => `{"thoughts": "${thoughts}", "action": "${action}"}`,
};

/** Ways of not being what the prompt asks for. */
export const MALFORMATIONS: readonly ((wellFormed: string, reading: Reading) => string)[] = [
  (wellFormed) => wellFormed.slice(0, -1),
  (wellFormed) => wellFormed.replace('"action": ', ""),
  (wellFormed) => wellFormed.replace(/"[-+]"\}$/, '"- or +"}'),
  (wellFormed) => wellFormed.replace('"thoughts": "', '"thoughts": '),
  (_, { relation }) => `The current number is ${relation} the target.`,
];
