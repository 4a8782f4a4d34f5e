import { z } from "zod";
import { timeOf } from "./screens/clock.ts";
import { firstScreenOf, isOn, type PhoneState, type Product, type Screen, topOf } from "./state.ts";
import { APPS, type App, COLOURS, NOUNS, SHOPS, SWITCHES } from "./vocabulary.ts";

const shop = z.enum(SHOPS);
const query = z.string();

/** What a task asks for, as JSON. */
const goalSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("open app"), app: z.enum(APPS) }).readonly(),
  z
    .strictObject({
      kind: z.literal("set switches"),
      turn: z.array(z.strictObject({ name: z.enum(SWITCHES), on: z.boolean() }).readonly()).readonly(),
    })
    .readonly(),
  z.strictObject({ kind: z.literal("set alarm"), hour: z.int(), minute: z.int() }).readonly(),
  z.strictObject({ kind: z.literal("turn on alarm"), time: z.string() }).readonly(),
  z.strictObject({ kind: z.literal("open contact"), name: z.string() }).readonly(),
  z.strictObject({ kind: z.literal("call"), name: z.string() }).readonly(),
  z.strictObject({ kind: z.literal("star contact"), name: z.string() }).readonly(),
  z.strictObject({ kind: z.literal("read news"), country: z.string() }).readonly(),
  z.strictObject({ kind: z.literal("save news"), country: z.string() }).readonly(),
  z.strictObject({ kind: z.literal("search web"), query }).readonly(),
  z.strictObject({ kind: z.literal("visit shop"), shop }).readonly(),
  z.strictObject({ kind: z.literal("show cart"), shop }).readonly(),
  z.strictObject({ kind: z.literal("search shop"), shop, query }).readonly(),
  /** `entry` counts from 0. */
  z.strictObject({ kind: z.literal("select entry"), shop, query, entry: z.int() }).readonly(),
  z.strictObject({ kind: z.literal("add to cart"), shop, colour: z.enum(COLOURS), noun: z.enum(NOUNS) }).readonly(),
]);
export type Goal = z.output<typeof goalSchema>;
export const GOAL_KINDS = goalSchema.options.map((option) => option.unwrap().shape.kind.value);
export type GoalOf<Kind extends Goal["kind"]> = Extract<Goal, { kind: Kind }>;

/** An instruction, and when it has been carried out. `kind` is the goal's: success is told by it. */
export const canvasTaskSchema = z
  .strictObject({ instruction: z.string(), kind: z.string(), goal: goalSchema })
  .readonly();
export type CanvasTask = z.output<typeof canvasTaskSchema>;

/** Goals that are reached by what the phone remembers; the others by what it shows. */
type LastingKind = "set switches" | "set alarm" | "turn on alarm" | "star contact" | "save news" | "add to cart";

/** Whether the phone is as the task asks, or shows what it asks for; never so after a reset. */
export function isDone(state: PhoneState, { goal }: Pick<CanvasTask, "goal">): boolean {
  switch (goal.kind) {
    case "set switches":
      return goal.turn.every(({ name, on }) => isOn(state, name) === on);
    case "set alarm":
      return hasAlarm(state, timeOf(goal.hour, goal.minute));
    case "turn on alarm":
      return hasAlarm(state, goal.time);
    case "star contact":
      return state.favourites.includes(goal.name);
    case "save news":
      return state.saved.includes(goal.country);
    case "add to cart":
      return state.cart.some((product) => isAskedFor(product, goal));
    default:
      // The keyboard hides the page.
      return state.typing === null && shows(topOf(state), goal);
  }
}

/** Whether a product is one of those that would do. */
export function isAskedFor({ shop, colour, noun }: Product, goal: GoalOf<"add to cart">): boolean {
  return shop === goal.shop && colour === goal.colour && noun === goal.noun;
}

function hasAlarm({ alarms }: PhoneState, time: string): boolean {
  return alarms.some((alarm) => alarm.time === time && alarm.isOn);
}

function shows(screen: Screen, goal: Exclude<Goal, { kind: LastingKind }>): boolean {
  switch (goal.kind) {
    case "open app":
      return isFirstScreenOf(screen, goal.app);
    case "open contact":
      return screen.at === "contact" && screen.name === goal.name;
    case "call":
      return screen.at === "call" && screen.name === goal.name;
    case "read news":
      return screen.at === "article" && screen.country === goal.country;
    case "search web":
      return screen.at === "found" && screen.query === goal.query;
    case "visit shop":
      return screen.at === "shop" && screen.shop === goal.shop;
    case "show cart":
      return screen.at === "cart" && screen.shop === goal.shop;
    case "search shop":
      return screen.at === "results" && screen.shop === goal.shop && screen.query === goal.query;
    case "select entry":
      return (
        screen.at === "product" &&
        screen.product.shop === goal.shop &&
        screen.query === goal.query &&
        screen.entry === goal.entry
      );
  }
}

/** Wherever a list has been scrolled to. */
function isFirstScreenOf(screen: Screen, app: App): boolean {
  const first = firstScreenOf(app);
  switch (first.at) {
    case "settings":
      return screen.at === "settings" && screen.section === first.section;
    case "locked":
      return screen.at === "locked" && screen.app === app;
    default:
      return screen.at === first.at;
  }
}
