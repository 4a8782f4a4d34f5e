import { z } from "zod";
import type { PhoneAction } from "../../../parsing/phone-action.ts";
import type { RandomStream } from "../../../random.ts";
import type { Demonstration } from "../../environment.ts";
import { actOn } from "../act-on.ts";
import type { PhoneFormat } from "../formats.ts";
import type { Phone } from "../phone.ts";
import { CanvasPhone } from "./canvas-phone.ts";
import { SIDE } from "./element.ts";
import { expertAction } from "./expert.ts";
import type { CanvasTask } from "./goal.ts";
import { layoutOf } from "./layout.ts";
import { MALFORMATIONS, SPOKEN } from "./spoken.ts";
import type { PhoneState } from "./state.ts";

const share = z.number().min(0).max(1);

/** How far from an expert the demonstrator is. All 0 goes a short way. */
export const demonstrationQuality = z.strictObject({
  wanderRate: share.default(0.3).describe("How often something else on the screen is touched, or a key pressed."),
  malformedRate: share.default(0.02).describe("Share of utterances that f^parse reads no action from."),
});
export type DemonstrationQuality = z.output<typeof demonstrationQuality>;

/** A phone, and what is on it. */
export interface DemonstratedPhone {
  readonly device: CanvasPhone;
  readonly phone: Phone<CanvasTask>;
  readonly format: PhoneFormat;
}

/**
 * Every step of episodes that the demonstrator plays to their end, one episode after the other. What is done is what f^parse
 * reads: a format may have no words for all that an expert could do.
 */
export async function* demonstrate(
  { device, phone, format }: DemonstratedPhone,
  count: number,
  random: RandomStream,
  { wanderRate, malformedRate }: DemonstrationQuality,
): AsyncGenerator<Demonstration> {
  for (let shown = 0; shown < count; ) {
    let observation = await phone.reset({ seed: random.seed() });
    for (let isOver = false; !isOver && shown < count; shown++) {
      const isAstray = random.float() < wanderRate;
      const action = isAstray ? anyAction(device.state(), random) : await phone.expert();
      const plan = [action, ...(await wayAfter(device.state(), action, phone.task()))];
      const wellFormed = SPOKEN[format]({ action, plan, elements: await device.elements() }) ?? "";
      const isBroken = random.float() < malformedRate;
      yield { observation, utterance: isBroken ? random.pick(MALFORMATIONS[format])(wellFormed) : wellFormed };
      const read = phone.parse(wellFormed, observation);
      const { terminated, truncated, ...seen } = await phone.step(read.kind === "action" ? read.action : action);
      observation = seen.observation;
      isOver = terminated || truncated;
    }
  }
}

/** Steps ahead that an utterance plans, its own included. */
const PLANNED = 4;

/** What the expert would do next, were `action` done now. */
async function wayAfter(state: PhoneState, action: PhoneAction, task: CanvasTask): Promise<PhoneAction[]> {
  const imagined = new CanvasPhone();
  imagined.restore(state);
  const screen = await imagined.screenshot();
  const way: PhoneAction[] = [];
  for (let next = action; way.length < PLANNED - 1; ) {
    await actOn(imagined, next, screen);
    next = expertAction(imagined.state(), task);
    if (next.type === "STATUS_TASK_COMPLETE") break;
    way.push(next);
  }
  return way;
}

/** A touch in the middle of something that can be tapped, a swipe, or a key. */
function anyAction(state: PhoneState, random: RandomStream): PhoneAction {
  const targets = layoutOf(state).elements.filter(({ tap }) => tap !== undefined);
  const chance = random.float();
  if (chance < 0.7 && targets.length > 0) {
    const { x, y, width, height } = random.pick(targets).box;
    const point = { x: rounded((x + width / 2) / SIDE), y: rounded((y + height / 2) / SIDE) };
    return { type: "DUAL_POINT", touch: point, lift: point };
  }
  if (chance < 0.8) return { type: "PRESS_BACK" };
  if (chance < 0.85) return { type: "PRESS_HOME" };
  const [from, to] = [random.pick([0.2, 0.8]), 0.5];
  return random.float() < 0.5
    ? { type: "DUAL_POINT", touch: { x: 0.5, y: from }, lift: { x: 0.5, y: to } }
    : { type: "DUAL_POINT", touch: { x: from, y: 0.5 }, lift: { x: to, y: 0.5 } };
}

/** Four decimals, as many as an utterance has. */
function rounded(share: number): number {
  return Math.round(share * 1e4) / 1e4;
}
