import { deriveSeed, RandomStream, RandomStreams } from "../../../random.ts";
import { shuffled } from "./shuffled.ts";
import type { PhoneState, Product } from "./state.ts";
import {
  APPS,
  type App,
  BRANDS,
  BRANDS_PER_THING,
  COLOURS,
  COUNTRIES,
  HEADLINES,
  NEWS_SITE,
  NOUNS,
  type Noun,
  OLD_ALARMS,
  ON_AT_FIRST,
  OTHER_COUNTRIES,
  PEOPLE,
  type ProductColour,
  SECTIONS,
  type Section,
  SHOPS,
  type Shop,
  STRANGERS,
  SWITCHES,
  SWITCHES_OF,
  type Switch,
} from "./vocabulary.ts";

/** What a phone's seed decides: what there is beside what every phone has, and where everything stands. */
export interface Contents {
  /** In the order of the launcher. */
  readonly apps: readonly App[];
  /** The rows of each page of the settings. */
  readonly settings: Readonly<Record<Section, readonly (Switch | Section)[]>>;
  readonly alarms: readonly string[];
  readonly contacts: readonly Contact[];
  readonly news: readonly { readonly country: string; readonly headline: string }[];
  /** Sites that the browser's start page leads to. */
  readonly bookmarks: readonly (Shop | typeof NEWS_SITE)[];
  /** What a shop's first page shows. */
  readonly featured: Readonly<Record<Shop, readonly Product[]>>;
}

export interface Contact {
  readonly name: string;
  readonly number: string;
}

const NUM_STRANGERS = 2;
const NUM_OTHER_COUNTRIES = 2;
const NUM_SHOPS_BOOKMARKED = 2;
const NUM_FEATURED = 2;

const FIRST_SECTION = "Settings";

/** By seed: a phone asks for its own with every frame. */
const kept = new Map<number, Contents>();
const MOST_KEPT = 64;

export function contentsOf(seed: number): Contents {
  let contents = kept.get(seed);
  if (contents === undefined) {
    if (kept.size === MOST_KEPT) kept.clear();
    contents = drawnContents(seed);
    kept.set(seed, contents);
  }
  return contents;
}

function drawnContents(seed: number): Contents {
  const streams = new RandomStreams(seed);
  const order = <T>(name: string, items: readonly T[]) => shuffled(items, streams.stream(name));
  const subsections = SECTIONS.filter((section) => section !== FIRST_SECTION);
  const people = [...PEOPLE, ...order("strangers", STRANGERS).slice(0, NUM_STRANGERS)];
  const countries = [...COUNTRIES, ...order("other countries", OTHER_COUNTRIES).slice(0, NUM_OTHER_COUNTRIES)];
  const details = streams.stream("details");
  const featured = (shop: Shop) =>
    Array.from({ length: NUM_FEATURED }, () =>
      details.pick(listings(seed, shop, details.pick(COLOURS), details.pick(NOUNS))),
    );
  return {
    apps: order("apps", APPS),
    settings: {
      Settings: order("settings", [...SWITCHES_OF.Settings, ...subsections]),
      Display: order("display", SWITCHES_OF.Display),
      Sound: order("sound", SWITCHES_OF.Sound),
    },
    alarms: order("alarms", OLD_ALARMS),
    contacts: order("contacts", people).map((name) => ({ name, number: `555 ${details.int(1000, 9999)}` })),
    news: order("news", countries).map((country) => ({ country, headline: details.pick(HEADLINES) })),
    bookmarks: order("bookmarks", [NEWS_SITE, ...order("shops", SHOPS).slice(0, NUM_SHOPS_BOOKMARKED)]),
    featured: {
      "bigmart.com": featured("bigmart.com"),
      "gadgo.com": featured("gadgo.com"),
      "homely.com": featured("homely.com"),
      "buyfox.com": featured("buyfox.com"),
    },
  };
}

/** What a shop has of one thing, in the order in which it lists them. */
function listings(seed: number, shop: Shop, colour: ProductColour, noun: Noun): readonly Product[] {
  const random = new RandomStream(deriveSeed(seed, `${shop}/${colour} ${noun}`));
  return shuffled(BRANDS, random)
    .slice(0, BRANDS_PER_THING)
    .map((brand) => ({ shop, brand, colour, noun, price: random.int(5, 99) }));
}

/** As many as a shop lists; nobody scrolls further. */
const MOST_RESULTS = 9;

/** The products in whose name every word of `query` occurs; none for a query without words. */
export function foundIn(seed: number, shop: Shop, query: string): readonly Product[] {
  const words = query.split(" ").filter((word) => word !== "");
  if (words.length === 0) return [];
  const found: Product[] = [];
  for (const noun of NOUNS) {
    for (const colour of COLOURS) {
      // A thing of neither word has no product of both, whatever its brand.
      const unknown = words.filter((word) => word !== noun && word !== colour);
      if (unknown.some((word) => !BRANDS.some((brand) => brand.toLowerCase() === word))) continue;
      for (const product of listings(seed, shop, colour, noun)) {
        if (unknown.every((word) => word === product.brand.toLowerCase())) found.push(product);
        if (found.length === MOST_RESULTS) return found;
      }
    }
  }
  return found;
}

/** As screens name it. */
export function titleOf({ brand, colour, noun }: Product): string {
  return `${brand} ${colour} ${noun}`;
}

/** A phone as `reset` leaves it: the launcher, nothing called, nothing bought. */
export function freshPhone(seed: number): PhoneState {
  return {
    seed,
    screens: [{ at: "launcher", page: 0 }],
    typing: null,
    switches: SWITCHES.filter((each) => ON_AT_FIRST.includes(each)),
    alarms: contentsOf(seed).alarms.map((time) => ({ time, isOn: false })),
    favourites: [],
    saved: [],
    cart: [],
  };
}
