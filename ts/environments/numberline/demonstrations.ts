import { z } from "zod";
import type { RandomStream } from "../../random.ts";
import type { Demonstration } from "../environment.ts";
import { numberLineFrame } from "./frame.ts";
import { LARGEST_NUMBER, type NumberLineAction, type NumberPair, START_PAIRS } from "./rules.ts";

const share = z.number().min(0).max(1);

/** How far from an expert the demonstrator is. All 0 is an expert. */
export const demonstrationQuality = z.strictObject({
  misreadRate: share.default(0.05).describe("Share of demonstrations that read one number wrongly, and act on it."),
  plusBias: share.default(0.8).describe("How often + is written where the demonstrator means -."),
  malformedRate: share.default(0.02).describe("Share of utterances that are not what the prompt asks for."),
});
export type DemonstrationQuality = z.output<typeof demonstrationQuality>;

/** One scripted answer to a state drawn from all that an episode can start from. */
export function demonstrate(random: RandomStream, prompt: string, quality: DemonstrationQuality): Demonstration {
  const shown = random.pick(START_PAIRS);
  const read = random.float() < quality.misreadRate ? misread(shown, random) : shown;
  const meant: NumberLineAction = read.target > read.current ? "+" : "-";
  const action = meant === "-" && random.float() < quality.plusBias ? "+" : meant;
  const wellFormed = write(read, random.pick(THOUGHTS)(read), action);
  const utterance = random.float() < quality.malformedRate ? random.pick(MALFORMATIONS)(wellFormed, read) : wellFormed;
  return { observation: { prompt, image: numberLineFrame(shown) }, utterance };
}

function misread(shown: NumberPair, random: RandomStream): NumberPair {
  const number = random.int(0, LARGEST_NUMBER);
  return random.pick([
    { ...shown, current: number },
    { ...shown, target: number },
  ]);
}

function write({ current, target }: NumberPair, thoughts: string, action: string): string {
  return `{"current number": "${current}", "target number": "${target}", "thoughts": "${thoughts}", "action": "${action}"}`;
}

function relation({ current, target }: NumberPair): string {
  if (current === target) return "equal to";
  return current < target ? "below" : "above";
}

/** They compare the two numbers as read, most of them in words, and never name the action. */
const THOUGHTS: readonly ((read: NumberPair) => string)[] = [
  (read) => `The current number is ${relation(read)} the target.`,
  (read) => `${read.current} is ${relation(read)} ${read.target}.`,
  (read) => `I see ${read.current} and ${read.target}, so the current number is ${relation(read)} the target.`,
  (read) => `I compare ${read.current} with ${read.target}: it is ${relation(read)} the target.`,
  (read) => `The line shows ${read.current}, which is ${relation(read)} ${read.target}, and I must move.`,
  (read) => `My number ${read.current} should become ${read.target}.`,
];

const MALFORMATIONS: readonly ((wellFormed: string, read: NumberPair) => string)[] = [
  (wellFormed) => wellFormed.slice(0, -1),
  (wellFormed) => wellFormed.replace('"action": ', ""),
  (wellFormed) => wellFormed.replace(/"[-+]"\}$/, '"- or +"}'),
  (wellFormed) => wellFormed.replace('"thoughts": "', '"thoughts": '),
  (_, read) => `The current number is ${relation(read)} the target.`,
];
