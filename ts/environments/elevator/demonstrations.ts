import { z } from "zod";
import type { RandomStream } from "../../random.ts";
import type { Demonstration } from "../environment.ts";
import { elevatorFrame } from "./frame.ts";
import { distance, type Floors, STARTS } from "./rules.ts";

const share = z.number().min(0).max(1);

/** How far from an expert the demonstrator is. All 0 is an expert, who rides straight to the call. */
export const demonstrationQuality = z.strictObject({
  misreadRate: share.default(0.05).describe("Share of demonstrations that read one floor wrongly, and act on it."),
  upBias: share.default(0.8).describe("How often the plan says up where the demonstrator means down."),
  malformedRate: share.default(0.02).describe("Share of utterances that are not what the prompt asks for."),
});
export type DemonstrationQuality = z.output<typeof demonstrationQuality>;

/** One scripted answer to a state drawn from all that an episode can start from. */
export function demonstrate(random: RandomStream, prompt: string, quality: DemonstrationQuality): Demonstration {
  const shown = random.pick(STARTS);
  const read = random.float() < quality.misreadRate ? misread(shown, random) : shown;
  const meant = read.call > read.lift ? "up" : "down";
  const direction = meant === "down" && random.float() < quality.upBias ? "up" : meant;
  // The bias touches the plan alone: thoughts that compare the floors still tell the truth.
  const thoughts = random.pick(THOUGHTS)(read);
  const wellFormed = write(read, thoughts, random.pick(PLANS)(direction, distance(read)));
  const utterance = random.float() < quality.malformedRate ? random.pick(MALFORMATIONS)(wellFormed) : wellFormed;
  return { observation: { prompt, image: elevatorFrame(shown) }, utterance };
}

/** One of the two floors is another than shown; they still differ, so that there is a ride to plan. */
function misread(shown: Floors, random: RandomStream): Floors {
  return random.pick(STARTS.filter(({ lift, call }) => (lift === shown.lift) !== (call === shown.call)));
}

function write({ lift, call }: Floors, thoughts: string, plan: string): string {
  return `{"lift": "${lift}", "call": "${call}", "thoughts": "${thoughts}", "plan": "${plan}", "action": "go"}`;
}

function relation({ lift, call }: Floors): string {
  return call > lift ? "above" : "below";
}

/** They compare the two floors as read, but for the last three, and never name the direction of the ride. */
const THOUGHTS: readonly ((read: Floors) => string)[] = [
  (read) => `The call is ${relation(read)} the lift.`,
  (read) => `Floor ${read.call} is ${relation(read)} floor ${read.lift}.`,
  (read) => `The lift is at ${read.lift}, so the call is ${relation(read)} it.`,
  (read) => `I see ${read.lift} and ${read.call}: the call is ${relation(read)} the lift.`,
  (read) => `Somebody waits ${relation(read)} the lift, ${floorsOf(distance(read))} away.`,
  (read) => `The call comes from ${relation(read)}, from floor ${read.call}.`,
  (read) => `From ${read.lift} to ${read.call} it is ${floorsOf(distance(read))}.`,
  (read) => `The lift must get to floor ${read.call}.`,
  () => "I compare both floors.",
];

const PLANS: readonly ((direction: string, floors: number) => string)[] = [
  (direction, floors) => `ride ${direction} ${floorsOf(floors)}`,
  (direction, floors) => `go ${direction} by ${floors}`,
  (direction, floors) => `${floorsOf(floors)} ${direction}`,
  (direction, floors) => `take the lift ${direction} ${floors}`,
  (direction, floors) => `move it ${floors} ${direction}`,
];

function floorsOf(count: number): string {
  return count === 1 ? "1 floor" : `${count} floors`;
}

const MALFORMATIONS: readonly ((wellFormed: string) => string)[] = [
  (wellFormed) => wellFormed.slice(0, -1),
  (wellFormed) => wellFormed.replace('"action": ', ""),
  (wellFormed) => wellFormed.replace('"action": "go"', '"action": "go or wait"'),
  (wellFormed) => wellFormed.replace('"plan": ', ""),
  (wellFormed) => wellFormed.replace(/up|down/, "up or down"),
  (wellFormed) => wellFormed.replace(/"plan": "[^"]*"/, '"plan": "ride there"'),
];
