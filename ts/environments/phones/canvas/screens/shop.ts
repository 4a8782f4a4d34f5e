import { contentsOf, foundIn, titleOf } from "../contents.ts";
import { BODY_TOP, type Element, grid, type Layout, list, type Row, SIDE, within } from "../element.ts";
import type { PhoneState, Product, ScreenAt } from "../state.ts";
import type { Shop } from "../vocabulary.ts";
import { addressBar } from "./browser.ts";
import { HINTS } from "./typing.ts";

const SEARCH_HEIGHT = 38;
const CART_WIDTH = 44;
const LIST_TOP = BODY_TOP + SEARCH_HEIGHT + 2;

/** On every page of a shop: its search field, and the way to its cart. */
function shopBar(shop: Shop, query: string): readonly Element[] {
  const box = { x: 0, y: BODY_TOP, width: SIDE - CART_WIDTH, height: SEARCH_HEIGHT };
  return [
    ...addressBar(shop),
    {
      box: within(box, 2),
      look: { kind: "field", text: query, hint: HINTS.shop, hasFocus: false },
      tap: { to: "focus", field: "shop" },
    },
    {
      box: within({ ...box, x: box.width, width: CART_WIDTH }, 1),
      look: { kind: "icon", icon: { of: "sign", name: "cart" } },
      tap: { to: "open", screen: { at: "cart", shop, first: 0 } },
    },
  ];
}

export function shopLayout({ seed }: PhoneState, { shop }: ScreenAt<"shop">): Layout {
  const boxes = grid({ x: 0, y: LIST_TOP + 40, width: SIDE, height: SIDE - LIST_TOP - 40 }, 2, 1);
  const tiles = contentsOf(seed).featured[shop].flatMap((product, index): Element[] => {
    const box = boxes[index];
    if (box === undefined) return [];
    const look = { kind: "tile", icon: iconOf(product), text: titleOf(product) } as const;
    return [{ box, look, tap: { to: "open", screen: { at: "product", product, query: null, entry: null } } }];
  });
  return {
    elements: [
      ...shopBar(shop, ""),
      {
        box: { x: 2, y: LIST_TOP + 2, width: SIDE - 4, height: 36 },
        look: { kind: "button", text: "Deals of the day", ink: "red" },
        tap: { to: "open", screen: { at: "notice", shop, about: "Deals" } },
      },
      ...tiles,
    ],
  };
}

export function resultsLayout({ seed }: PhoneState, { shop, query, first }: ScreenAt<"results">): Layout {
  const rows = foundIn(seed, shop, query).map((product, entry): Row => {
    const screen = { at: "product", product, query, entry } as const;
    return { look: productRow(product), tap: { to: "open", screen } };
  });
  if (rows.length === 0) {
    const box = { x: 8, y: LIST_TOP + 20, width: SIDE - 16, height: 60 };
    return {
      elements: [
        ...shopBar(shop, query),
        { box, look: { kind: "text", text: "No results", size: 24, align: "middle" } },
      ],
    };
  }
  const shown = list(rows, first, LIST_TOP);
  return { ...shown, elements: [...shopBar(shop, query), ...shown.elements] };
}

export function productLayout({ cart }: PhoneState, { product, query }: ScreenAt<"product">): Layout {
  const isInCart = cart.some((each) => each.shop === product.shop && titleOf(each) === titleOf(product));
  const picture = { x: 6, y: LIST_TOP + 2, width: 86, height: 86 };
  const words = { x: 98, width: SIDE - 102 };
  return {
    elements: [
      ...shopBar(product.shop, query ?? ""),
      { box: picture, look: { kind: "icon", icon: iconOf(product) } },
      {
        box: { ...words, y: picture.y, height: 56 },
        look: { kind: "text", text: titleOf(product), size: 20, align: "left" },
      },
      {
        box: { ...words, y: picture.y + 58, height: 28 },
        look: { kind: "text", text: `$${product.price}`, size: 20, align: "left" },
      },
      {
        box: { x: 6, y: 182, width: SIDE - 12, height: 38 },
        look: { kind: "button", text: isInCart ? "In the cart" : "Add to cart", ink: isInCart ? "silver" : "orange" },
        tap: { to: "buy", product },
      },
    ],
  };
}

export function cartLayout({ cart }: PhoneState, { shop, first }: ScreenAt<"cart">): Layout {
  const rows = cart.filter((product) => product.shop === shop).map((product): Row => ({ look: productRow(product) }));
  const title = { x: 6, y: BODY_TOP + 2, width: 92, height: SEARCH_HEIGHT - 4 };
  const head: readonly Element[] = [
    ...addressBar(shop),
    { box: title, look: { kind: "text", text: "Cart", size: 24, align: "left" } },
    {
      box: { x: 100, y: BODY_TOP + 2, width: SIDE - 104, height: SEARCH_HEIGHT - 4 },
      look: { kind: "button", text: "Check out", ink: "orange" },
      tap: { to: "open", screen: { at: "notice", shop, about: "Checkout" } },
    },
  ];
  if (rows.length === 0) {
    const box = { x: 8, y: LIST_TOP + 20, width: SIDE - 16, height: 60 };
    return { elements: [...head, { box, look: { kind: "text", text: "Empty", size: 24, align: "middle" } }] };
  }
  const shown = list(rows, first, LIST_TOP);
  return { ...shown, elements: [...head, ...shown.elements] };
}

const NOTICES = {
  Deals: { text: "Big sale! Join the club to see it", buttons: ["Join", "Not now"] },
  Checkout: { text: "Sign in to check out", buttons: ["Sign in", "Cancel"] },
} as const;

/** Full-screen. Its buttons look like others and do nothing: only Back and Home lead out. */
export function noticeLayout({ about }: ScreenAt<"notice">): Layout {
  const { text, buttons } = NOTICES[about];
  const half = SIDE / 2;
  return {
    elements: [
      { box: { x: 12, y: 48, width: SIDE - 24, height: 96 }, look: { kind: "text", text, size: 28, align: "middle" } },
      ...buttons.map(
        (label, index): Element => ({
          box: { x: 4 + index * half, y: 172, width: half - 8, height: 44 },
          look: { kind: "button", text: label, ink: index === 0 ? "red" : "silver" },
        }),
      ),
    ],
  };
}

function productRow(product: Product): Row["look"] {
  return { kind: "row", icon: iconOf(product), text: titleOf(product), detail: `$${product.price}` };
}

function iconOf({ colour, noun }: Product) {
  return { of: "product", colour, noun } as const;
}
