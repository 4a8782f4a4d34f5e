import { contentsOf } from "../contents.ts";
import { BODY_TOP, type Element, grid, type Layout, list, type Row, SIDE, STATUS_HEIGHT, within } from "../element.ts";
import type { PhoneState, Screen, ScreenAt } from "../state.ts";
import { NEWS_SITE, SHOPS, type Shop } from "../vocabulary.ts";
import { HINTS } from "./typing.ts";

const SHARE_WIDTH = 40;

/** Above every page: where it is, which takes the focus when it is tapped, and the button that shares it. */
export function addressBar(address: string): readonly Element[] {
  const box = { x: 0, y: STATUS_HEIGHT, width: SIDE - SHARE_WIDTH, height: BODY_TOP - STATUS_HEIGHT };
  return [
    {
      box: within(box, 2),
      look: { kind: "field", text: address, hint: HINTS.address, hasFocus: false },
      tap: { to: "focus", field: "address" },
    },
    {
      box: within({ ...box, x: box.width, width: SHARE_WIDTH }, 2),
      look: { kind: "icon", icon: { of: "sign", name: "share" } },
      tap: { to: "open", screen: { at: "share" } },
    },
  ];
}

/** The first screen of a site. */
export function siteScreen(site: Shop | typeof NEWS_SITE): Screen {
  return site === NEWS_SITE ? { at: "news", first: 0 } : { at: "shop", shop: site };
}

/** The site of an address as people type it. */
export function siteAt(address: string): Shop | typeof NEWS_SITE | undefined {
  const name = address
    .replace(/^https?:\/\//, "")
    .replace(/^www\./, "")
    .replace(/\/$/, "");
  return ([NEWS_SITE, ...SHOPS] as const).find((site) => site === name || site === `${name}.com`);
}

export function startLayout({ seed }: PhoneState): Layout {
  const { bookmarks } = contentsOf(seed);
  const boxes = grid({ x: 0, y: BODY_TOP + 44, width: SIDE, height: 112 }, bookmarks.length, 1);
  return {
    elements: [
      ...addressBar(""),
      {
        box: { x: 6, y: BODY_TOP + 8, width: SIDE - 12, height: 32 },
        look: { kind: "text", text: "Bookmarks", size: 20, align: "left" },
      },
      ...boxes.flatMap((box, index): Element[] => {
        const site = bookmarks[index];
        if (site === undefined) return [];
        const look = { kind: "tile", icon: { of: "site", name: site }, text: site.replace(".com", "") } as const;
        return [{ box, look, tap: { to: "open", screen: siteScreen(site) } }];
      }),
    ],
  };
}

/** What a search of the web finds: pages about it, and the news about a country that it names. */
export function foundLayout({ seed }: PhoneState, { query }: ScreenAt<"found">): Layout {
  const words = query.split(" ");
  const articles = contentsOf(seed).news.filter(({ country }) => words.includes(country.toLowerCase()));
  const titles = [`${query} - guide`, `${query} - forum`];
  const rows: Row[] = [
    ...articles.map(({ country }) => articleRow(country, "news")),
    ...titles.map(
      (title): Row => ({
        look: { kind: "row", icon: { of: "sign", name: "page" }, text: title },
        tap: { to: "open", screen: { at: "page", title } },
      }),
    ),
  ];
  return { elements: [...addressBar(query), ...list(rows.slice(0, 4), 0).elements] };
}

export function pageLayout({ title }: ScreenAt<"page">): Layout {
  return {
    elements: [
      ...addressBar(title),
      {
        box: { x: 8, y: BODY_TOP + 4, width: SIDE - 16, height: 80 },
        look: { kind: "text", text: title, size: 24, align: "left" },
      },
      ...prose(BODY_TOP + 92),
    ],
  };
}

export function newsLayout({ seed }: PhoneState, { first }: ScreenAt<"news">): Layout {
  const rows = contentsOf(seed).news.map(({ country, headline }) => articleRow(country, headline));
  const shown = list(rows, first);
  return { ...shown, elements: [...addressBar(NEWS_SITE), ...shown.elements] };
}

function articleRow(country: string, detail: string): Row {
  return {
    look: { kind: "row", icon: { of: "flag", country }, text: country, detail },
    tap: { to: "open", screen: { at: "article", country } },
  };
}

export function articleLayout({ seed, saved }: PhoneState, { country }: ScreenAt<"article">): Layout {
  const headline = contentsOf(seed).news.find((each) => each.country === country)?.headline ?? "";
  const isSaved = saved.includes(country);
  return {
    elements: [
      ...addressBar(NEWS_SITE),
      { box: { x: 6, y: BODY_TOP + 4, width: 56, height: 56 }, look: { kind: "icon", icon: { of: "flag", country } } },
      {
        box: { x: 68, y: BODY_TOP + 2, width: SIDE - 72, height: 24 },
        look: { kind: "text", text: country, size: 20, align: "left" },
      },
      {
        box: { x: 68, y: BODY_TOP + 26, width: SIDE - 72, height: 38 },
        look: { kind: "text", text: headline, size: 16, align: "left" },
      },
      ...prose(BODY_TOP + 72),
      {
        box: { x: 40, y: 182, width: SIDE - 80, height: 38 },
        look: {
          kind: "button",
          text: isSaved ? "Saved" : "Save",
          ink: isSaved ? "silver" : "blue",
          icon: { of: "sign", name: "bookmark" },
        },
        tap: { to: "save article", country },
      },
    ],
  };
}

const LINE_WIDTHS = [204, 188, 208, 150];

/** Lines that stand for words nobody has to read. */
function prose(top: number): readonly Element[] {
  return LINE_WIDTHS.map((width, line) => ({
    box: { x: 8, y: top + 14 * line, width, height: 5 },
    look: { kind: "fill", ink: "silver" },
  }));
}
