import type { ElementUse, ScreenElement } from "../../../parsing/screen-element.ts";
import { type Element, type Look, SIDE } from "./element.ts";
import type { Icon } from "./icons.ts";
import { layoutOf } from "./layout.ts";
import type { PhoneState } from "./state.ts";

/**
 * What answers to a finger, from the top down as it is laid out, and what merely looks as if it did: a label must not give a
 * dead end away. A keyboard's keys are left out, as real phones leave theirs out, and what lies under a sheet.
 */
export function screenElementsOf(state: PhoneState): readonly ScreenElement[] {
  return layoutOf(state).elements.flatMap((element): ScreenElement[] => {
    const can = usesOf(element);
    if (can.length === 0) return [];
    const { x, y, width, height } = element.box;
    const box = { x: x / SIDE, y: y / SIDE, width: width / SIDE, height: height / SIDE };
    return [{ box, text: wordsOn(element.look), can }];
  });
}

function usesOf({ look, tap, isDimmed }: Element): readonly ElementUse[] {
  if (isDimmed) return [];
  switch (look.kind) {
    case "key":
      return [];
    case "thumb":
      return ["swipe"];
    case "dots":
      return look.count > 1 ? ["swipe"] : [];
    case "field":
      return ["tap", "type"];
    case "button":
    case "tile":
      return ["tap"];
    default:
      return tap === undefined ? [] : ["tap"];
  }
}

function wordsOn(look: Look): string {
  switch (look.kind) {
    case "row":
      return [look.text, look.detail, look.end === "more" ? undefined : look.end].filter(Boolean).join(", ");
    case "field":
      return look.text || look.hint;
    case "icon":
      return nameOf(look.icon);
    case "thumb":
      return "list";
    case "dots":
      return "pages";
    case "fill":
    case "status":
      return "";
    default:
      return look.text;
  }
}

function nameOf(icon: Icon): string {
  switch (icon.of) {
    case "flag":
      return icon.country;
    case "product":
      return `${icon.colour} ${icon.noun}`;
    default:
      return icon.name;
  }
}
