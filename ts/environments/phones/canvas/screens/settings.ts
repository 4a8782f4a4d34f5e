import { contentsOf } from "../contents.ts";
import { bar, type Layout, list, type Row } from "../element.ts";
import { isOn, type PhoneState, type ScreenAt } from "../state.ts";
import { SECTIONS, type Section, type Switch } from "../vocabulary.ts";

/** Switches, and rows that lead to pages with more of them. */
export function settingsLayout(state: PhoneState, { section, first }: ScreenAt<"settings">): Layout {
  const rows = contentsOf(state.seed).settings[section].map((each): Row => {
    const icon = { of: "setting", name: each } as const;
    if (isSection(each)) {
      return {
        look: { kind: "row", icon, text: each, end: "more" },
        tap: { to: "open", screen: { at: "settings", section: each, first: 0 } },
      };
    }
    return {
      look: { kind: "row", icon, text: each, end: isOn(state, each) ? "on" : "off" },
      tap: { to: "toggle switch", name: each },
    };
  });
  const shown = list(rows, first);
  return { ...shown, elements: [...bar(section, "grey"), ...shown.elements] };
}

function isSection(row: Switch | Section): row is Section {
  return SECTIONS.some((section) => section === row);
}
