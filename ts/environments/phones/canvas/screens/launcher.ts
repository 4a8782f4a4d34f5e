import { contentsOf } from "../contents.ts";
import { type Element, grid, type Layout, SIDE, STATUS_HEIGHT } from "../element.ts";
import { firstScreenOf, type PhoneState, type ScreenAt } from "../state.ts";
import type { App } from "../vocabulary.ts";

const COLUMNS = 3;
const ROWS = 2;
const DOTS_HEIGHT = 16;
const AREA = { x: 0, y: STATUS_HEIGHT, width: SIDE, height: SIDE - STATUS_HEIGHT - DOTS_HEIGHT };

/** Pages of six apps; swiping sideways turns them. */
export function launcherLayout({ seed }: PhoneState, { page }: ScreenAt<"launcher">): Layout {
  const { apps } = contentsOf(seed);
  const boxes = grid(AREA, COLUMNS, ROWS);
  const elements: Element[] = boxes.flatMap((box, index) => {
    const app = apps[page * boxes.length + index];
    if (app === undefined) return [];
    const look = { kind: "tile", icon: { of: "app", name: app }, text: app } as const;
    return [{ box, look, tap: { to: "open", screen: firstScreenOf(app) } }];
  });
  const dots = { x: 0, y: SIDE - DOTS_HEIGHT, width: SIDE, height: DOTS_HEIGHT };
  return { elements: [...elements, { box: dots, look: { kind: "dots", lit: page, count: numPages(seed) } }] };
}

export function numPages(seed: number): number {
  return Math.ceil(contentsOf(seed).apps.length / (COLUMNS * ROWS));
}

/** On which page an app stands. */
export function pageOf(seed: number, app: App): number {
  const index = contentsOf(seed).apps.indexOf(app);
  return Math.floor(index / (COLUMNS * ROWS));
}
