import { BODY_TOP, bar, type Element, grid, type Layout, list, SIDE, within } from "../element.ts";
import type { PhoneState, ScreenAt } from "../state.ts";
import { HOURS, MINUTES } from "../vocabulary.ts";

export function alarmsLayout({ alarms }: PhoneState, { first }: ScreenAt<"alarms">): Layout {
  const rows = alarms.map(
    ({ time, isOn }) =>
      ({
        look: { kind: "row", icon: { of: "sign", name: "alarm" }, text: time, end: isOn ? "on" : "off" },
        tap: { to: "toggle alarm", time },
      }) as const,
  );
  const shown = list(rows, first);
  const add = {
    look: { kind: "button", text: "+", ink: "green" },
    tap: { to: "open", screen: { at: "new alarm", hour: 12, minute: 0 } },
  } as const;
  return { ...shown, elements: [...bar("Alarms", "blue", add), ...shown.elements] };
}

const HOURS_HEIGHT = 90;
const MINUTES_HEIGHT = 40;
const HOURS_AREA = { x: 0, y: BODY_TOP, width: SIDE, height: HOURS_HEIGHT };
const MINUTES_AREA = { x: 0, y: BODY_TOP + HOURS_HEIGHT + 3, width: SIDE, height: MINUTES_HEIGHT };

/** A grid of hours, four quarters, and a button that saves. */
export function newAlarmLayout(screen: ScreenAt<"new alarm">): Layout {
  const { hour, minute } = screen;
  const choice = (text: string, isChosen: boolean) =>
    ({ kind: "button", text, ink: isChosen ? "blue" : "silver" }) as const;
  const hours = grid(HOURS_AREA, 6, 3).flatMap((box, index): Element[] => {
    const each = HOURS[index];
    if (each === undefined) return [];
    return [
      {
        box: within(box, 1),
        look: choice(String(each), each === hour),
        tap: { to: "show", screen: { ...screen, hour: each } },
      },
    ];
  });
  const minutes = grid(MINUTES_AREA, 4, 1).flatMap((box, index): Element[] => {
    const each = MINUTES[index];
    if (each === undefined) return [];
    return [
      {
        box: within(box, 2),
        look: choice(`:${twoDigits(each)}`, each === minute),
        tap: { to: "show", screen: { ...screen, minute: each } },
      },
    ];
  });
  const save = {
    x: 0,
    y: MINUTES_AREA.y + MINUTES_HEIGHT,
    width: SIDE,
    height: SIDE - MINUTES_AREA.y - MINUTES_HEIGHT,
  };
  return {
    elements: [
      ...bar(`New alarm ${timeOf(hour, minute)}`, "blue"),
      ...hours,
      ...minutes,
      {
        box: within(save, 3),
        look: { kind: "button", text: "Save", ink: "green" },
        tap: { to: "save alarm", time: timeOf(hour, minute) },
      },
    ],
  };
}

/** Such as `7:05`, `17:30`. */
export function timeOf(hour: number, minute: number): string {
  return `${hour}:${twoDigits(minute)}`;
}

function twoDigits(minute: number): string {
  return String(minute).padStart(2, "0");
}
