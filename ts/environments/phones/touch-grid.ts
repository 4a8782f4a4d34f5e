import type { PhoneAction, ScreenPoint } from "../../parsing/phone-action.ts";
import { PHONE_ACTION_TYPES } from "../../parsing/phone-action.ts";
import type { ActionFactor } from "../environment.ts";

const NONE = "none";
const OUTSIDE = "outside";

/**
 * What the SCM predicts of a phone's action: its type, as in the paper, and with a `grid` also the cell of that many rows
 * and columns where a tap or swipe begins (ours).
 */
export function phoneFactors(grid: number | null): readonly ActionFactor[] {
  const type = { name: "type", labels: PHONE_ACTION_TYPES };
  if (grid === null) return [type];
  const places = Array.from({ length: grid }, (_, place) => place);
  const cells = places.flatMap((row) => places.map((column) => cellLabel(row, column)));
  return [type, { name: "touch", labels: [...cells, OUTSIDE, NONE] }];
}

/** One label a factor of {@link phoneFactors}. */
export function phoneLabels(action: PhoneAction, grid: number | null): Readonly<Record<string, string>> {
  const { type } = action;
  if (grid === null) return { type };
  return { type, touch: action.type === "DUAL_POINT" ? cellOf(action.touch, grid) : NONE };
}

function cellOf({ x, y }: ScreenPoint, grid: number): string {
  const [row, column] = [Math.floor(y * grid), Math.floor(x * grid)];
  const isInside = [row, column].every((place) => place >= 0 && place < grid);
  return isInside ? cellLabel(row, column) : OUTSIDE;
}

function cellLabel(row: number, column: number): string {
  return `row ${row + 1}, column ${column + 1}`;
}
