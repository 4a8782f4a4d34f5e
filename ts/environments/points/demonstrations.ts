import { z } from "zod";
import type { RandomStream } from "../../random.ts";
import type { Card } from "../cards/card.ts";
import type { Demonstration } from "../environment.ts";
import { pointsFrame } from "./frame.ts";
import { formulaText, type PointsPrompt, pointsPrompt } from "./prompts.ts";
import { type PointsAction, type PointsGame, pointsOf, solutionsOf } from "./rules.ts";

const share = z.number().min(0).max(1);

/** How far from an expert the demonstrator is. All 0 is an expert, who solves every hand that can be solved. */
export const demonstrationQuality = z.strictObject({
  mistakeRate: share.default(0.05).describe("Share of demonstrations whose action is not the one that was meant."),
  malformedRate: share.default(0.02).describe("Share of utterances that are not what the prompt asks for."),
});
export type DemonstrationQuality = z.output<typeof demonstrationQuality>;

/** What the expert plays on a hand, from the empty formula to `=`. */
export interface Plan {
  readonly actions: readonly PointsAction[];
  /** Whether the plan reaches the target. */
  readonly isSolution: boolean;
}

/** One of all solutions, or where there is none a sum, difference, … of all cards that does not reach the target. */
export function planFor(game: PointsGame, cards: readonly Card[], random: RandomStream): Plan {
  const found = solutionsOf(game, cards);
  const formula =
    found.length > 0
      ? random.pick(found)
      : cards.flatMap((card, index) => [...(index === 0 ? [] : [random.pick(game.operators)]), String(pointsOf(card))]);
  return { actions: [...formula, "="] as PointsAction[], isSolution: found.length > 0 };
}

/** One scripted answer to a drawn hand, with a formula that the expert has brought some way, from nothing to all of it. */
export function demonstrate(
  game: PointsGame,
  random: RandomStream,
  prompt: PointsPrompt,
  quality: DemonstrationQuality,
): Demonstration {
  const cards = game.draw(random);
  const plan = planFor(game, cards, random);
  const numWritten = random.int(0, plan.actions.length - 1);
  const formula = plan.actions.slice(0, numWritten);
  const meant = plan.actions[numWritten] as PointsAction;
  const others = game.actions.filter((action) => action !== meant);
  const action = random.float() < quality.mistakeRate ? random.pick(others) : meant;

  const names = cards.map(rankName);
  const scene: Scene = { names, plan, formula: formulaText(formula), next: meant, target: game.target };
  const wellFormed =
    `{"cards": [${names.map((name) => `"${name}"`).join(", ")}], "current formula": "${scene.formula}", ` +
    `"thoughts": "${random.pick(thoughtsFor(plan))(scene)}", "action": "${action}"}`;
  const utterance = random.float() < quality.malformedRate ? random.pick(MALFORMATIONS)(wellFormed) : wellFormed;
  return {
    observation: { prompt: pointsPrompt(prompt, game, formula), image: pointsFrame(cards, formula) },
    utterance,
  };
}

interface Scene {
  readonly names: readonly string[];
  readonly plan: Plan;
  readonly formula: string;
  readonly next: PointsAction;
  readonly target: number;
}

function rankName({ rank }: Card): string {
  return { 1: "A", 11: "J", 12: "Q", 13: "K" }[rank] ?? String(rank);
}

function thoughtsFor({ isSolution }: Plan): readonly ((scene: Scene) => string)[] {
  return isSolution ? THOUGHTS : THOUGHTS_OF_UNSOLVABLE;
}

const THOUGHTS: readonly ((scene: Scene) => string)[] = [
  ({ plan, target }) => `${wholeFormula(plan)} equals ${target}.`,
  ({ plan, target, next }) => `I can make ${target} by ${wholeFormula(plan)}, so ${next} comes next.`,
  ({ names, plan }) => `The cards are ${listed(names)}. I write ${wholeFormula(plan)}.`,
  ({ formula, next }) => `${progress(formula)}, and ${next} follows.`,
  ({ names, formula, plan }) => `I see ${listed(names)}. ${progress(formula)} of ${wholeFormula(plan)}.`,
  ({ next, target }) => `To get to ${target} I need ${next} now.`,
];

const THOUGHTS_OF_UNSOLVABLE: readonly ((scene: Scene) => string)[] = [
  ({ target }) => `These cards cannot make ${target}, so I only use them up.`,
  ({ names, target }) => `There is no way from ${listed(names)} to ${target}.`,
  ({ formula, next }) => `Nothing works here. ${progress(formula)}, and ${next} follows.`,
  ({ names }) => `I see ${listed(names)}, and no formula of them helps.`,
  ({ next, target }) => `Whatever I write, ${target} is out of reach; ${next} is as good as anything.`,
  ({ plan, target }) => `${wholeFormula(plan)} is not ${target}, and neither is anything else.`,
];

function wholeFormula({ actions }: Plan): string {
  return formulaText(actions.slice(0, -1));
}

function progress(formula: string): string {
  return formula === "" ? "Nothing is written yet" : `${formula} is written`;
}

function listed(names: readonly string[]): string {
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

const MALFORMATIONS: readonly ((wellFormed: string) => string)[] = [
  (wellFormed) => wellFormed.slice(0, -1),
  (wellFormed) => wellFormed.replace('"action": ', ""),
  (wellFormed) => wellFormed.replace(/"action": "[^"]*"/, '"action": "+ or ="'),
  (wellFormed) => wellFormed.replace('"thoughts": "', '"thoughts": '),
  (wellFormed) => wellFormed.replace(/"action": "[^"]*"/, '"action": "the next card"'),
];
