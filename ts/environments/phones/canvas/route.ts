import { contentsOf, foundIn } from "./contents.ts";
import type { Effect, Field } from "./element.ts";
import { type Goal, type GoalOf, isAskedFor } from "./goal.ts";
import { siteScreen } from "./screens/browser.ts";
import { timeOf } from "./screens/clock.ts";
import { firstScreenOf, isOn, type PhoneState, type Product, type Screen } from "./state.ts";
import { type App, NEWS_SITE, type Shop, SWITCHES_OF } from "./vocabulary.ts";

/** What would bring a page nearer to a goal: a tap, an app, or a text in a field and Enter. */
export type Wish =
  | { readonly to: "tap"; readonly effect: Effect }
  | { readonly to: "open app"; readonly app: App; readonly effect: Effect }
  | { readonly to: "enter"; readonly field: Field; readonly text: string };

/** What to do on `screen`, the visible one of `state`; undefined where it is off the way, as dead ends always are. */
export function wishFor(state: PhoneState, screen: Screen, goal: Goal): Wish | undefined {
  if (screen.at === "launcher") {
    const app = appOf(goal);
    return { to: "open app", app, effect: { to: "open", screen: firstScreenOf(app) } };
  }
  switch (goal.kind) {
    case "open app":
      return undefined;
    case "set switches":
      return switchWish(state, screen, goal);
    case "set alarm":
      return alarmWish(state, screen, goal);
    case "turn on alarm":
      return screen.at === "alarms" ? tap({ to: "toggle alarm", time: goal.time }) : undefined;
    case "open contact":
      return personWish(screen, goal, undefined);
    case "call":
      return personWish(screen, goal, { to: "open", screen: { at: "call", name: goal.name } });
    case "star contact":
      return personWish(screen, goal, { to: "favour", name: goal.name });
    case "read news":
    case "save news":
      return newsWish(screen, goal);
    case "search web":
      return hasAddressBar(screen) ? { to: "enter", field: "address", text: goal.query } : undefined;
    case "visit shop":
      return visitWish(state, screen, goal.shop);
    case "show cart":
      return hasCartButton(screen, goal.shop)
        ? tap({ to: "open", screen: { at: "cart", shop: goal.shop, first: 0 } })
        : visitWish(state, screen, goal.shop);
    case "search shop":
      return searchWish(state, screen, goal.shop, goal.query);
    case "select entry":
      return selectWish(state, screen, goal);
    case "add to cart":
      return addWish(state, screen, goal);
  }
}

function appOf(goal: Goal): App {
  switch (goal.kind) {
    case "open app":
      return goal.app;
    case "set switches":
      return "Settings";
    case "set alarm":
    case "turn on alarm":
      return "Clock";
    case "open contact":
    case "call":
    case "star contact":
      return "Contacts";
    default:
      return "Browser";
  }
}

function switchWish(state: PhoneState, screen: Screen, { turn }: GoalOf<"set switches">): Wish | undefined {
  if (screen.at !== "settings") return undefined;
  const wrong = turn.filter(({ name, on }) => isOn(state, name) !== on).map(({ name }) => name);
  const here: readonly string[] = SWITCHES_OF[screen.section];
  const near = wrong.find((name) => here.includes(name));
  if (near !== undefined) return tap({ to: "toggle switch", name: near });
  if (screen.section !== "Settings") return undefined;
  const [next] = wrong;
  const isOnDisplay = SWITCHES_OF.Display.some((name) => name === next);
  const section = isOnDisplay ? "Display" : "Sound";
  return tap({ to: "open", screen: { at: "settings", section, first: 0 } });
}

function alarmWish({ alarms }: PhoneState, screen: Screen, goal: GoalOf<"set alarm">): Wish | undefined {
  const time = timeOf(goal.hour, goal.minute);
  if (screen.at === "alarms") {
    if (alarms.some((alarm) => alarm.time === time)) return tap({ to: "toggle alarm", time });
    return tap({ to: "open", screen: { at: "new alarm", hour: 12, minute: 0 } });
  }
  if (screen.at !== "new alarm") return undefined;
  if (screen.hour !== goal.hour) return tap({ to: "show", screen: { ...screen, hour: goal.hour } });
  if (screen.minute !== goal.minute) return tap({ to: "show", screen: { ...screen, minute: goal.minute } });
  return tap({ to: "save alarm", time });
}

function personWish(screen: Screen, { name }: { name: string }, then: Effect | undefined): Wish | undefined {
  if (screen.at === "contacts") return tap({ to: "open", screen: { at: "contact", name } });
  if (screen.at !== "contact" || screen.name !== name || then === undefined) return undefined;
  return tap(then);
}

function newsWish(screen: Screen, { kind, country }: GoalOf<"read news" | "save news">): Wish | undefined {
  if (screen.at === "start") return tap({ to: "open", screen: siteScreen(NEWS_SITE) });
  if (screen.at === "news") return tap({ to: "open", screen: { at: "article", country } });
  if (screen.at !== "article" || screen.country !== country || kind === "read news") return undefined;
  return tap({ to: "save article", country });
}

function visitWish({ seed }: PhoneState, screen: Screen, shop: Shop): Wish | undefined {
  if (screen.at === "start" && contentsOf(seed).bookmarks.includes(shop)) {
    return tap({ to: "open", screen: siteScreen(shop) });
  }
  return hasAddressBar(screen) ? { to: "enter", field: "address", text: shop } : undefined;
}

function searchWish(state: PhoneState, screen: Screen, shop: Shop, query: string): Wish | undefined {
  if (hasCartButton(screen, shop)) return { to: "enter", field: "shop", text: query };
  return visitWish(state, screen, shop);
}

function selectWish(state: PhoneState, screen: Screen, goal: GoalOf<"select entry">): Wish | undefined {
  const { shop, query, entry } = goal;
  // Its results are beneath.
  if (screen.at === "product" && screen.product.shop === shop && screen.query === query) return undefined;
  if (screen.at !== "results" || screen.shop !== shop || screen.query !== query) {
    return searchWish(state, screen, shop, query);
  }
  const product = foundIn(state.seed, shop, query)[entry];
  return product === undefined ? undefined : tap({ to: "open", screen: { at: "product", product, query, entry } });
}

function addWish(state: PhoneState, screen: Screen, goal: GoalOf<"add to cart">): Wish | undefined {
  const isWanted = (product: Product) => isAskedFor(product, goal);
  if (screen.at === "product" && isWanted(screen.product)) return tap({ to: "buy", product: screen.product });
  if (screen.at === "results" && screen.shop === goal.shop) {
    const found = foundIn(state.seed, screen.shop, screen.query);
    const entry = found.findIndex(isWanted);
    const product = found[entry];
    if (product !== undefined) {
      return tap({ to: "open", screen: { at: "product", product, query: screen.query, entry } });
    }
  }
  return searchWish(state, screen, goal.shop, `${goal.colour} ${goal.noun}`);
}

/** Pages of the shop with its search field and the way to its cart. */
function hasCartButton(screen: Screen, shop: Shop): boolean {
  if (screen.at === "product") return screen.product.shop === shop;
  return (screen.at === "shop" || screen.at === "results") && screen.shop === shop;
}

function hasAddressBar({ at }: Screen): boolean {
  return ["start", "found", "page", "news", "article", "shop", "results", "product", "cart"].includes(at);
}

function tap(effect: Effect): Wish {
  return { to: "tap", effect };
}
