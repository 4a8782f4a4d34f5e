import { z } from "zod";
import {
  type APPS,
  COLOURS,
  LOCKED_APPS,
  NOUNS,
  ON_AT_FIRST,
  SECTIONS,
  SHOPS,
  SWITCHES,
  type Switch,
} from "./vocabulary.ts";

const count = z.int().nonnegative();
/** Of a list: the row that stands uppermost. */
const first = count;

const productSchema = z
  .strictObject({
    shop: z.enum(SHOPS),
    brand: z.string(),
    colour: z.enum(COLOURS),
    noun: z.enum(NOUNS),
    /** Dollars. */
    price: count,
  })
  .readonly();

/** What one page of an app shows. `share` lies over the page beneath it; `notice` and `locked` are dead ends like it. */
const screenSchema = z.discriminatedUnion("at", [
  z.strictObject({ at: z.literal("launcher"), page: count }).readonly(),
  z.strictObject({ at: z.literal("locked"), app: z.enum(LOCKED_APPS) }).readonly(),
  z.strictObject({ at: z.literal("settings"), section: z.enum(SECTIONS), first }).readonly(),
  z.strictObject({ at: z.literal("alarms"), first }).readonly(),
  z.strictObject({ at: z.literal("new alarm"), hour: count, minute: count }).readonly(),
  z.strictObject({ at: z.literal("contacts"), first }).readonly(),
  z.strictObject({ at: z.literal("contact"), name: z.string() }).readonly(),
  z.strictObject({ at: z.literal("call"), name: z.string() }).readonly(),
  z.strictObject({ at: z.literal("start") }).readonly(),
  z.strictObject({ at: z.literal("found"), query: z.string() }).readonly(),
  z.strictObject({ at: z.literal("page"), title: z.string() }).readonly(),
  z.strictObject({ at: z.literal("news"), first }).readonly(),
  z.strictObject({ at: z.literal("article"), country: z.string() }).readonly(),
  z.strictObject({ at: z.literal("shop"), shop: z.enum(SHOPS) }).readonly(),
  z.strictObject({ at: z.literal("results"), shop: z.enum(SHOPS), query: z.string(), first }).readonly(),
  /** `entry` counts from 0 among the results of `query`; both are null where it was not found by a search. */
  z
    .strictObject({
      at: z.literal("product"),
      product: productSchema,
      query: z.string().nullable(),
      entry: count.nullable(),
    })
    .readonly(),
  z.strictObject({ at: z.literal("cart"), shop: z.enum(SHOPS), first }).readonly(),
  z.strictObject({ at: z.literal("notice"), shop: z.enum(SHOPS), about: z.enum(["Deals", "Checkout"]) }).readonly(),
  z.strictObject({ at: z.literal("share") }).readonly(),
]);

/** All that a phone remembers, as JSON. What it has to show beyond that follows from `seed`. */
export const phoneStateSchema = z
  .strictObject({
    /** Unsigned 32-bit. */
    seed: z.uint32(),
    /** What Back leads through, the launcher first, the visible one last. */
    screens: z.array(screenSchema).min(1).readonly(),
    /** The field that has the focus, and what has been typed into it; the keyboard is there as long. */
    typing: z
      .strictObject({ field: z.enum(["address", "shop"]), text: z.string() })
      .readonly()
      .nullable(),
    switches: z.array(z.enum(SWITCHES)).readonly(),
    alarms: z.array(z.strictObject({ time: z.string(), isOn: z.boolean() }).readonly()).readonly(),
    favourites: z.array(z.string()).readonly(),
    /** Countries whose article is saved. */
    saved: z.array(z.string()).readonly(),
    cart: z.array(productSchema).readonly(),
  })
  .readonly();

export type PhoneState = z.output<typeof phoneStateSchema>;
export type Screen = z.output<typeof screenSchema>;
export type ScreenAt<At extends Screen["at"]> = Extract<Screen, { at: At }>;
export type Product = z.output<typeof productSchema>;

/** The screen that is visible. */
export function topOf({ screens }: PhoneState): Screen {
  return screens.at(-1) ?? LAUNCHER;
}

export const LAUNCHER: ScreenAt<"launcher"> = { at: "launcher", page: 0 };

/** `state` with another screen in place of the visible one. */
export function withTop(state: PhoneState, screen: Screen): PhoneState {
  return { ...state, screens: [...state.screens.slice(0, -1), screen] };
}

export function isOn({ switches }: PhoneState, which: Switch): boolean {
  return switches.includes(which);
}

export function isOnAtFirst(which: Switch): boolean {
  return ON_AT_FIRST.includes(which);
}

/** What an app begins with. */
export function firstScreenOf(app: (typeof APPS)[number]): Screen {
  switch (app) {
    case "Settings":
      return { at: "settings", section: "Settings", first: 0 };
    case "Clock":
      return { at: "alarms", first: 0 };
    case "Contacts":
      return { at: "contacts", first: 0 };
    case "Browser":
      return { at: "start" };
    default:
      return { at: "locked", app };
  }
}
