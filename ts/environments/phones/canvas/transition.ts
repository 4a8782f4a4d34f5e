import type { ScreenPoint } from "../../../parsing/phone-action.ts";
import type { PhoneKey } from "../device.ts";
import { titleOf } from "./contents.ts";
import { type Effect, ROW_HEIGHT, SIDE } from "./element.ts";
import { effectAt, layoutOf } from "./layout.ts";
import { siteAt, siteScreen } from "./screens/browser.ts";
import { numPages } from "./screens/launcher.ts";
import { isOn, LAUNCHER, type PhoneState, type Screen, topOf, withTop } from "./state.ts";
import { SWITCHES } from "./vocabulary.ts";

/** What is typed beyond that many characters is lost. */
const LONGEST_TEXT = 60;

/** After a tap; a point that is not on the screen touches nothing. */
export function touched(state: PhoneState, { x, y }: ScreenPoint): PhoneState {
  const effect = effectAt(state, x * SIDE, y * SIDE);
  return effect === undefined ? state : after(state, effect);
}

/** After a swipe: sideways turns the launcher's pages, up and down scroll a list by as many rows as the finger went. */
export function swiped(state: PhoneState, from: ScreenPoint, to: ScreenPoint): PhoneState {
  if (state.typing !== null || !isOnScreen(from)) return state;
  const right = to.x - from.x;
  const down = to.y - from.y;
  const screen = topOf(state);
  if (screen.at === "launcher") {
    if (Math.abs(right) <= Math.abs(down)) return state;
    const page = clamped(screen.page - Math.sign(right), numPages(state.seed) - 1);
    return withTop(state, { ...screen, page });
  }
  const { list } = layoutOf(state);
  if (!("first" in screen) || list === undefined || Math.abs(down) <= Math.abs(right)) return state;
  const rows = Math.max(1, Math.round((Math.abs(down) * SIDE) / ROW_HEIGHT));
  const first = clamped(screen.first - Math.sign(down) * rows, list.rows.length - list.numVisible);
  return withTop(state, { ...screen, first });
}

/** Text is appended in printable ASCII, as a phone's `input text` has it; nothing happens without a focus. */
export function typed(state: PhoneState, text: string): PhoneState {
  if (state.typing === null) return state;
  const ascii = text.normalize("NFKD").replace(/[^ -~]/g, "");
  return { ...state, typing: { ...state.typing, text: (state.typing.text + ascii).slice(0, LONGEST_TEXT) } };
}

/** Back closes the keyboard first; Home forgets the way that was taken, so that apps begin anew; Enter submits. */
export function pressed(state: PhoneState, key: PhoneKey): PhoneState {
  switch (key) {
    case "home":
      return { ...state, screens: [LAUNCHER], typing: null };
    case "back":
      if (state.typing !== null) return { ...state, typing: null };
      return state.screens.length === 1 ? state : { ...state, screens: state.screens.slice(0, -1) };
    case "enter":
      return submitted(state);
  }
}

function after(state: PhoneState, effect: Effect): PhoneState {
  switch (effect.to) {
    case "open":
      return opened(state, effect.screen);
    case "show":
      return withTop(state, effect.screen);
    case "leave":
      return pressed(state, "back");
    case "toggle switch": {
      const flips = (each: string) => each === effect.name;
      return { ...state, switches: SWITCHES.filter((each) => isOn(state, each) !== flips(each)) };
    }
    case "toggle alarm":
      return {
        ...state,
        alarms: state.alarms.map((alarm) => (alarm.time === effect.time ? { ...alarm, isOn: !alarm.isOn } : alarm)),
      };
    case "save alarm": {
      const others = state.alarms.filter(({ time }) => time !== effect.time);
      return pressed({ ...state, alarms: [{ time: effect.time, isOn: true }, ...others] }, "back");
    }
    case "favour":
      return { ...state, favourites: toggled(state.favourites, effect.name) };
    case "save article":
      return { ...state, saved: toggled(state.saved, effect.country) };
    case "buy": {
      const { product } = effect;
      const isThere = state.cart.some((each) => each.shop === product.shop && titleOf(each) === titleOf(product));
      return isThere ? state : { ...state, cart: [...state.cart, product] };
    }
    case "focus":
      return { ...state, typing: { field: effect.field, text: "" } };
    case "clear":
      return state.typing === null ? state : { ...state, typing: { ...state.typing, text: "" } };
    case "letter":
      return typed(state, effect.letter);
    case "erase":
      return state.typing === null
        ? state
        : { ...state, typing: { ...state.typing, text: state.typing.text.slice(0, -1) } };
    case "submit":
      return submitted(state);
  }
}

function opened(state: PhoneState, screen: Screen): PhoneState {
  return { ...state, screens: [...state.screens, screen], typing: null };
}

function submitted(state: PhoneState): PhoneState {
  if (state.typing === null) return state;
  const query = queryOf(state.typing.text);
  const screen = topOf(state);
  if (query === "") return { ...state, typing: null };
  if (state.typing.field === "address") {
    const site = siteAt(query);
    return opened(state, site === undefined ? { at: "found", query } : siteScreen(site));
  }
  const shop = screen.at === "product" ? screen.product.shop : "shop" in screen ? screen.shop : undefined;
  return shop === undefined ? state : opened(state, { at: "results", shop, query, first: 0 });
}

/** What Enter makes of a field's text: small letters, single blanks between words. */
export function queryOf(text: string): string {
  return text.toLowerCase().trim().replace(/\s+/g, " ");
}

function toggled(names: readonly string[], name: string): readonly string[] {
  return names.includes(name) ? names.filter((each) => each !== name) : [...names, name];
}

function clamped(value: number, largest: number): number {
  return Math.min(Math.max(0, value), Math.max(0, largest));
}

function isOnScreen({ x, y }: ScreenPoint): boolean {
  return x >= 0 && x < 1 && y >= 0 && y < 1;
}
