import { z } from "zod";
import type { Command } from "../../parsing/admissible-command.ts";
import type { RandomStream } from "../../random.ts";
import type { Demonstration, Environment, Observation } from "../environment.ts";
import type { Goal } from "./goal.ts";
import type { Fact } from "./hosts/calls.ts";
import { thoughtsOn } from "./thoughts.ts";

const share = z.number().min(0).max(1);

/** How far from an expert the demonstrator is. All 0 goes the planner's way, which knows where things are. */
export const demonstrationQuality = z.strictObject({
  searchRate: share
    .default(0.3)
    .describe("How often another place is looked into first, on the way to where a thing is."),
  wanderRate: share
    .default(0)
    .describe(
      "How often any other admissible command is given, whatever it leads to; the way is planned anew from there.",
    ),
  malformedRate: share.default(0.02).describe("Share of utterances that are not what the prompt asks for."),
});
export type DemonstrationQuality = z.output<typeof demonstrationQuality>;

/** A game as whoever demonstrates it sees it. */
export interface DemonstratedGame extends Pick<Environment<Command>, "reset" | "step"> {
  /** Commands that win from here. */
  wayToWin(): Promise<readonly string[]>;
  /** What the task wants, and what is true now. */
  situation(): { goal: Goal; facts: readonly Fact[] };
}

/** Every step of games that the demonstrator plays to their end, one game after the other. */
export async function* demonstrate(
  game: DemonstratedGame,
  count: number,
  random: RandomStream,
  quality: DemonstrationQuality,
): AsyncGenerator<Demonstration> {
  for (let shown = 0; shown < count; ) {
    for await (const demonstration of playOnce(game, random, quality)) {
      yield demonstration;
      shown += 1;
      if (shown === count) return;
    }
  }
}

async function* playOnce(
  game: DemonstratedGame,
  random: RandomStream,
  quality: DemonstrationQuality,
): AsyncGenerator<Demonstration> {
  let observation = await game.reset({ seed: random.seed() });
  let way = [...(await game.wayToWin())];
  let detour: string[] = [];
  for (let isOver = false; !isOver; ) {
    const astray = strays(quality, random) ? otherCommand(way, observation, random) : undefined;
    if (astray === undefined && detour.length === 0 && random.float() < quality.searchRate) {
      detour = search(way, observation, game, random);
    }
    const command = astray ?? detour.shift() ?? way.shift();
    if (command === undefined) return;
    // Places stand together: whoever looked into one may be at the next already.
    if (command.startsWith("go to ") && !observation.admissible?.includes(command)) continue;
    yield { observation, utterance: utteranceFor(command, game, random, quality) };
    const { terminated, truncated, ...seen } = await game.step(command);
    observation = seen.observation;
    isOver = terminated || truncated;
    if (astray !== undefined) {
      detour = [];
      way = isOver ? [] : [...(await game.wayToWin())];
      continue;
    }
    // What is closed shows nothing: who looks for a thing there opens it.
    const place = /^go to (.+)$/.exec(command)?.[1];
    const isSearched = place !== undefined && !way.some((next) => next.includes(place));
    if (isSearched && observation.admissible?.includes(`open ${place}`)) detour = [`open ${place}`];
  }
}

/** Draws nothing for who never strays, so that such demonstrations are the same whether or not others may. */
function strays({ wanderRate }: DemonstrationQuality, random: RandomStream): boolean {
  return wanderRate > 0 && random.float() < wanderRate;
}

/** Any but the one that the way goes on with; undefined where there is no other. */
function otherCommand(
  [next]: readonly string[],
  { admissible = [] }: Observation,
  random: RandomStream,
): string | undefined {
  const others = admissible.filter((command) => command !== next);
  return others.length === 0 ? undefined : random.pick(others);
}

/**
 * A look into another place on the way to where a thing will be taken. No place of the way itself, where what is opened
 * too early would be in the plan's way.
 */
function search(
  way: readonly string[],
  { admissible = [] }: Observation,
  game: DemonstratedGame,
  random: RandomStream,
): string[] {
  const { facts } = game.situation();
  const isLooking = !facts.some(([name]) => name === "holds") && way.some((command) => command.startsWith("take "));
  if (!isLooking || !way[0]?.startsWith("go to ")) return [];
  const others = admissible.filter((command) => {
    const place = /^go to (.+)$/.exec(command)?.[1];
    return place !== undefined && !way.some((next) => next.includes(place));
  });
  return others.length === 0 ? [] : [random.pick(others)];
}

function utteranceFor(
  command: string,
  game: DemonstratedGame,
  random: RandomStream,
  { malformedRate }: DemonstrationQuality,
): string {
  const { goal, facts } = game.situation();
  const wellFormed = `{"thoughts": "${random.pick(thoughtsOn(goal, facts))}", "action": "${command}"}`;
  return random.float() < malformedRate ? random.pick(MALFORMATIONS)(wellFormed) : wellFormed;
}

const MALFORMATIONS: readonly ((wellFormed: string) => string)[] = [
  (wellFormed) => wellFormed.slice(0, -1),
  (wellFormed) => wellFormed.replace('"action": ', ""),
  (wellFormed) => wellFormed.replace('"thoughts": "', '"thoughts": '),
  (wellFormed) => wellFormed.replace(/ \d+"\}$/, '"}'),
];
