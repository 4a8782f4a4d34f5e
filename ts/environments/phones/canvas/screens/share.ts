import { type Element, grid, type Layout, SIDE } from "../element.ts";

const TOP = 108;
const TARGETS = ["Mail", "Files", "Photos"] as const;

/** A sheet over a page that stays visible. Nothing on either answers to a tap: only Back and Home lead out. */
export function shareLayout(beneath: Layout): Layout {
  const covered = beneath.elements.map(({ box, look }): Element => ({ box, look, isDimmed: true }));
  const tiles = grid({ x: 0, y: TOP + 30, width: SIDE, height: SIDE - TOP - 30 }, TARGETS.length, 1);
  return {
    elements: [
      ...covered,
      { box: { x: 0, y: TOP, width: SIDE, height: SIDE - TOP }, look: { kind: "fill" } },
      {
        box: { x: 8, y: TOP, width: SIDE - 16, height: 30 },
        look: { kind: "text", text: "Share", size: 22, align: "left" },
      },
      ...tiles.flatMap((box, index): Element[] => {
        const app = TARGETS[index];
        return app === undefined ? [] : [{ box, look: { kind: "tile", icon: { of: "app", name: app }, text: app } }];
      }),
    ],
  };
}
