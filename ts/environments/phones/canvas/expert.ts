import { isDeepStrictEqual } from "node:util";
import type { PhoneAction, ScreenPoint } from "../../../parsing/phone-action.ts";
import { type Effect, ROW_HEIGHT, SIDE } from "./element.ts";
import { type CanvasTask, type Goal, isDone } from "./goal.ts";
import { layoutOf } from "./layout.ts";
import { type Wish, wishFor } from "./route.ts";
import { pageOf } from "./screens/launcher.ts";
import { type PhoneState, topOf } from "./state.ts";
import { queryOf } from "./transition.ts";

/** Pages that are cheaper to go back through than to begin anew at the launcher. */
const MOST_BACK = 2;

/** The next action of a short way to the goal, from every state that can be reached; `STATUS_TASK_COMPLETE` at it. */
export function expertAction(state: PhoneState, { goal }: Pick<CanvasTask, "goal">): PhoneAction {
  if (isDone(state, { goal })) return { type: "STATUS_TASK_COMPLETE" };
  const wish = wishFor(state, topOf(state), goal);
  if (wish === undefined) return wayOut(state, goal);
  if (state.typing !== null) return typingStep(state, state.typing, wish);
  switch (wish.to) {
    case "open app":
      return opening(state, wish);
    case "enter":
      return reaching(state, { to: "focus", field: wish.field });
    case "tap":
      return reaching(state, wish.effect);
  }
}

/** Back where a page close by lies on a way to the goal or is the goal, else Home. */
function wayOut(state: PhoneState, goal: Goal): PhoneAction {
  for (let back = 1; back <= MOST_BACK && back < state.screens.length - 1; back += 1) {
    const before = { ...state, screens: state.screens.slice(0, -back), typing: null };
    const isOnWay = isDone(before, { goal }) || wishFor(before, topOf(before), goal) !== undefined;
    if (isOnWay) return { type: "PRESS_BACK" };
  }
  return { type: "PRESS_HOME" };
}

function typingStep(state: PhoneState, { field, text }: NonNullable<PhoneState["typing"]>, wish: Wish): PhoneAction {
  if (wish.to !== "enter" || wish.field !== field) return { type: "PRESS_BACK" };
  if (queryOf(text) === wish.text) return { type: "PRESS_ENTER" };
  if (wish.text.startsWith(text)) return { type: "TYPE", text: wish.text.slice(text.length) };
  return reaching(state, { to: "clear" });
}

function opening(state: PhoneState, { app, effect }: Extract<Wish, { to: "open app" }>): PhoneAction {
  const screen = topOf(state);
  const pages = screen.at === "launcher" ? pageOf(state.seed, app) - screen.page : 0;
  if (pages === 0) return reaching(state, effect);
  return swipe({ right: -0.6 * Math.sign(pages), down: 0 });
}

/** A tap on what has the effect, or a swipe that brings it nearer. */
function reaching(state: PhoneState, effect: Effect): PhoneAction {
  const { elements, list } = layoutOf(state);
  const element = elements.find(({ tap }) => isDeepStrictEqual(tap, effect));
  if (element !== undefined) {
    const { x, y, width, height } = element.box;
    return dualPoint({ x: (x + width / 2) / SIDE, y: (y + height / 2) / SIDE });
  }
  const row = list?.rows.findIndex(({ tap }) => isDeepStrictEqual(tap, effect)) ?? -1;
  const screen = topOf(state);
  // A route that wishes for what its page does not have would go nowhere for ever.
  if (list === undefined || row === -1 || !("first" in screen)) return { type: "PRESS_HOME" };
  const pageful = (list.numVisible * ROW_HEIGHT) / SIDE;
  return swipe({ right: 0, down: row < screen.first ? pageful : -pageful });
}

/** Through the middle of the screen. */
function swipe({ right, down }: { right: number; down: number }): PhoneAction {
  return dualPoint({ x: 0.5 - right / 2, y: 0.5 - down / 2 }, { x: 0.5 + right / 2, y: 0.5 + down / 2 });
}

/** In four decimals, as many as an utterance has. */
function dualPoint(touch: ScreenPoint, lift: ScreenPoint = touch): PhoneAction {
  const rounded = ({ x, y }: ScreenPoint) => ({ x: Math.round(x * 1e4) / 1e4, y: Math.round(y * 1e4) / 1e4 });
  return { type: "DUAL_POINT", touch: rounded(touch), lift: rounded(lift) };
}
