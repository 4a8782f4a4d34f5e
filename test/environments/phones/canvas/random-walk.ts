import { contentsOf, freshPhone } from "../../../../ts/environments/phones/canvas/contents.ts";
import { SIDE } from "../../../../ts/environments/phones/canvas/element.ts";
import { layoutOf } from "../../../../ts/environments/phones/canvas/layout.ts";
import type { PhoneState } from "../../../../ts/environments/phones/canvas/state.ts";
import { pressed, swiped, touched, typed } from "../../../../ts/environments/phones/canvas/transition.ts";
import { PHONE_KEYS } from "../../../../ts/environments/phones/device.ts";
import type { ScreenPoint } from "../../../../ts/parsing/phone-action.ts";
import { RandomStream } from "../../../../ts/random.ts";

const TEXTS = ["red lamp", "gadgo.com", "dailynews", "news in Chile", "LAMP", "nova", "yacht", "é😀\n", " "];

/** Every state of a walk of `steps` actions, the start first: mostly taps on what answers, now and then anything. */
export function walkedStates({ seed, steps }: { seed: number; steps: number }): PhoneState[] {
  const random = new RandomStream(seed);
  const states = [freshPhone(random.seed())];
  for (let step = 0; step < steps; step += 1) states.push(next(states.at(-1) as PhoneState, random));
  return states;
}

function next(state: PhoneState, random: RandomStream): PhoneState {
  const chance = random.float();
  if (chance < 0.6) {
    const answering = layoutOf(state).elements.filter(({ tap }) => tap !== undefined);
    if (answering.length > 0) return touched(state, centreOf(random.pick(answering).box));
  }
  if (chance < 0.65) return touched(state, point(random));
  if (chance < 0.8) {
    const from = point(random);
    return swiped(state, from, random.pick([point(random), { ...from, y: 1 - from.y }, { ...from, x: 1 - from.x }]));
  }
  if (chance < 0.92) return typed(state, random.pick([...TEXTS, ...contentsOf(state.seed).bookmarks]));
  return pressed(state, random.pick([...PHONE_KEYS, "back", "enter"] as const));
}

export function centreOf({
  x,
  y,
  width,
  height,
}: {
  x: number;
  y: number;
  width: number;
  height: number;
}): ScreenPoint {
  return { x: (x + width / 2) / SIDE, y: (y + height / 2) / SIDE };
}

function point(random: RandomStream): ScreenPoint {
  return { x: random.float(), y: random.float() };
}
