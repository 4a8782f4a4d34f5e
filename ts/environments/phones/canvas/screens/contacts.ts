import { contentsOf } from "../contents.ts";
import { BODY_TOP, bar, type Layout, list, type Row, SIDE } from "../element.ts";
import type { PhoneState, ScreenAt } from "../state.ts";

export function contactsLayout({ seed, favourites }: PhoneState, { first }: ScreenAt<"contacts">): Layout {
  const rows = contentsOf(seed).contacts.map(({ name }): Row => {
    const icon = { of: "avatar", name } as const;
    const look = favourites.includes(name)
      ? ({ kind: "row", icon, text: name, detail: "favourite" } as const)
      : ({ kind: "row", icon, text: name } as const);
    return { look, tap: { to: "open", screen: { at: "contact", name } } };
  });
  const shown = list(rows, first);
  return { ...shown, elements: [...bar("Contacts", "orange"), ...shown.elements] };
}

const PICTURE = 84;
const BUTTONS_TOP = 174;

export function contactLayout({ seed, favourites }: PhoneState, { name }: ScreenAt<"contact">): Layout {
  const number = contentsOf(seed).contacts.find((contact) => contact.name === name)?.number ?? "";
  const isFavourite = favourites.includes(name);
  const half = SIDE / 2;
  const button = { y: BUTTONS_TOP, width: half - 8, height: SIDE - BUTTONS_TOP - 4 };
  return {
    elements: [
      ...bar("Contact", "orange"),
      {
        box: { x: 6, y: BODY_TOP + 16, width: PICTURE, height: PICTURE },
        look: { kind: "icon", icon: { of: "avatar", name } },
      },
      {
        box: { x: PICTURE + 14, y: BODY_TOP + 16, width: SIDE - PICTURE - 18, height: 44 },
        look: { kind: "text", text: name, size: 28, align: "left" },
      },
      {
        box: { x: PICTURE + 14, y: BODY_TOP + 64, width: SIDE - PICTURE - 18, height: 32 },
        look: { kind: "text", text: number, size: 18, align: "left" },
      },
      {
        box: { ...button, x: 4 },
        look: { kind: "button", text: "Call", ink: "green", icon: { of: "sign", name: "call" } },
        tap: { to: "open", screen: { at: "call", name } },
      },
      {
        box: { ...button, x: half + 4 },
        look: {
          kind: "button",
          text: "Star",
          ink: "yellow",
          icon: { of: "sign", name: isFavourite ? "star" : "no star" },
        },
        tap: { to: "favour", name },
      },
    ],
  };
}

export function callLayout({ name }: ScreenAt<"call">): Layout {
  return {
    elements: [
      ...bar("Calling…", "green"),
      { box: { x: 67, y: BODY_TOP + 6, width: 90, height: 90 }, look: { kind: "icon", icon: { of: "avatar", name } } },
      {
        box: { x: 0, y: BODY_TOP + 98, width: SIDE, height: 34 },
        look: { kind: "text", text: name, size: 26, align: "middle" },
      },
      {
        box: { x: 40, y: 184, width: SIDE - 80, height: 36 },
        look: { kind: "button", text: "End call", ink: "red" },
        tap: { to: "leave" },
      },
    ],
  };
}
