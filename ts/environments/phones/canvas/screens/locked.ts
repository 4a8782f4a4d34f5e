import { BODY_TOP, bar, type Layout, SIDE } from "../element.ts";
import type { ScreenAt } from "../state.ts";

/** An app that asks to sign in. Its buttons look like others and do nothing: only Back and Home lead out. */
export function lockedLayout({ app }: ScreenAt<"locked">): Layout {
  return {
    elements: [
      ...bar(app, "black"),
      {
        box: { x: 72, y: BODY_TOP + 4, width: 80, height: 80 },
        look: { kind: "icon", icon: { of: "app", name: app } },
      },
      {
        box: { x: 0, y: BODY_TOP + 86, width: SIDE, height: 40 },
        look: { kind: "text", text: "Sign in to go on", size: 20, align: "middle" },
      },
      { box: { x: 4, y: 180, width: 106, height: 40 }, look: { kind: "button", text: "Sign in", ink: "blue" } },
      { box: { x: 114, y: 180, width: 106, height: 40 }, look: { kind: "button", text: "Skip", ink: "silver" } },
    ],
  };
}
