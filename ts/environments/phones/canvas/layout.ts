import { type Box, type Effect, type Element, type Layout, SIDE, STATUS_HEIGHT } from "./element.ts";
import { articleLayout, foundLayout, newsLayout, pageLayout, startLayout } from "./screens/browser.ts";
import { alarmsLayout, newAlarmLayout } from "./screens/clock.ts";
import { callLayout, contactLayout, contactsLayout } from "./screens/contacts.ts";
import { launcherLayout } from "./screens/launcher.ts";
import { lockedLayout } from "./screens/locked.ts";
import { settingsLayout } from "./screens/settings.ts";
import { shareLayout } from "./screens/share.ts";
import { cartLayout, noticeLayout, productLayout, resultsLayout, shopLayout } from "./screens/shop.ts";
import { typingLayout } from "./screens/typing.ts";
import { isOn, type PhoneState, type Screen, topOf } from "./state.ts";
import type { Switch } from "./vocabulary.ts";

/** Switches that the band at the top shows while they are on. */
const MARKED: readonly Switch[] = ["Airplane mode", "Wi-Fi", "Bluetooth", "Hotspot", "Location", "Do not disturb"];

/** Everything on the screen, from the lowest up. */
export function layoutOf(state: PhoneState): Layout {
  const ground: Element = { box: { x: 0, y: 0, width: SIDE, height: SIDE }, look: { kind: "fill" } };
  const status: Element = {
    box: { x: 0, y: 0, width: SIDE, height: STATUS_HEIGHT },
    look: { kind: "status", marks: MARKED.filter((each) => isOn(state, each)) },
  };
  const { elements, list } = state.typing === null ? screenLayout(state, topOf(state)) : typingLayout(state.typing);
  const all = [ground, status, ...elements];
  return list === undefined ? { elements: all } : { elements: all, list };
}

function screenLayout(state: PhoneState, screen: Screen): Layout {
  switch (screen.at) {
    case "launcher":
      return launcherLayout(state, screen);
    case "locked":
      return lockedLayout(screen);
    case "settings":
      return settingsLayout(state, screen);
    case "alarms":
      return alarmsLayout(state, screen);
    case "new alarm":
      return newAlarmLayout(screen);
    case "contacts":
      return contactsLayout(state, screen);
    case "contact":
      return contactLayout(state, screen);
    case "call":
      return callLayout(screen);
    case "start":
      return startLayout(state);
    case "found":
      return foundLayout(state, screen);
    case "page":
      return pageLayout(screen);
    case "news":
      return newsLayout(state, screen);
    case "article":
      return articleLayout(state, screen);
    case "shop":
      return shopLayout(state, screen);
    case "results":
      return resultsLayout(state, screen);
    case "product":
      return productLayout(state, screen);
    case "cart":
      return cartLayout(state, screen);
    case "notice":
      return noticeLayout(screen);
    case "share":
      return shareLayout(layoutOf({ ...state, screens: state.screens.slice(0, -1) }));
  }
}

/** What a tap at pixel (`x`, `y`) does: what the uppermost element there does. */
export function effectAt(state: PhoneState, x: number, y: number): Effect | undefined {
  return layoutOf(state).elements.findLast(({ box }) => isWithin(box, x, y))?.tap;
}

function isWithin(box: Box, x: number, y: number): boolean {
  return x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height;
}
