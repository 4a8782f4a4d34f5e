import { type Box, type Effect, type Element, type Field, type Layout, SIDE, STATUS_HEIGHT } from "../element.ts";
import type { PhoneState } from "../state.ts";

const KEYBOARD_TOP = 136;
const KEY_WIDTH = 22;
const KEY_HEIGHT = 22;
const LEFT = 2;
const LETTERS = ["qwertyuiop", "asdfghjkl", "zxcvbnm"] as const;

const FIELD_HEIGHT = 40;
const CLEAR_WIDTH = 44;

/** What a field says while nothing is in it. */
export const HINTS: Readonly<Record<Field, string>> = { address: "Search or address", shop: "Search the shop" };

/** The field that has the focus, which a cross empties, and the keyboard. The page is not to be seen meanwhile. */
export function typingLayout({ field, text }: NonNullable<PhoneState["typing"]>): Layout {
  const box = { x: 2, y: STATUS_HEIGHT + 4, width: SIDE - 4 - CLEAR_WIDTH, height: FIELD_HEIGHT };
  return {
    elements: [
      { box, look: { kind: "field", text, hint: HINTS[field], hasFocus: true } },
      {
        box: { ...box, x: box.x + box.width + 2, width: CLEAR_WIDTH - 2 },
        look: { kind: "button", text: "×", ink: "silver" },
        tap: { to: "clear" },
      },
      ...keyboard(),
    ],
  };
}

function keyboard(): Element[] {
  const keys = LETTERS.flatMap((letters, row) => {
    const indent = LEFT + Math.floor(((LETTERS[0].length - letters.length) * KEY_WIDTH) / 2);
    const left = row === LETTERS.length - 1 ? LEFT : indent;
    return [...letters].map((letter, column) =>
      key({ x: left + column * KEY_WIDTH, row, width: KEY_WIDTH }, letter, { to: "letter", letter }),
    );
  });
  const afterLetters = LEFT + LETTERS[2].length * KEY_WIDTH;
  return [
    ...keys,
    key({ x: afterLetters, row: 2, width: SIDE - LEFT - afterLetters }, "erase", { to: "erase" }),
    key({ x: LEFT, row: 3, width: 44 }, ".", { to: "letter", letter: "." }),
    key({ x: LEFT + 44, row: 3, width: 106 }, "space", { to: "letter", letter: " " }),
    key({ x: LEFT + 150, row: 3, width: 70 }, "enter", { to: "submit" }),
  ];
}

function key({ x, row, width }: Pick<Box, "x" | "width"> & { row: number }, text: string, tap: Effect): Element {
  return {
    box: { x, y: KEYBOARD_TOP + row * KEY_HEIGHT, width, height: KEY_HEIGHT },
    look: { kind: "key", text },
    tap,
  };
}
