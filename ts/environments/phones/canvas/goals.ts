import type { Goal } from "./goal.ts";
import { isOnAtFirst } from "./state.ts";
import {
  APPS,
  COLOURS,
  COUNTRIES,
  HOURS,
  MINUTES,
  NOUNS,
  OLD_ALARMS,
  PEOPLE,
  SHOPS,
  SWITCHES,
  type Switch,
} from "./vocabulary.ts";

/** What can be asked for. Goals that are held out join words that occur apart, or otherwise joined, among the others. */
export interface Goals {
  readonly seen: readonly Goal[];
  readonly heldOut: readonly Goal[];
}

export function generalGoals(): Goals {
  const singles = SWITCHES.map((name, index) => ({ goal: setting(name), isHeldOut: index % 2 === 1 }));
  const pairs = SWITCHES.flatMap((one, index) =>
    SWITCHES.slice(index + 1).map((other, distance) => ({
      goal: setting(one, other),
      isHeldOut: (2 * index + distance) % 3 === 0,
    })),
  );
  return split([
    ...APPS.map((app) => ({
      goal: { kind: "open app", app } as const,
      // Words that no other task has cannot be held out.
      isHeldOut: app === "Clock" || app === "Contacts",
    })),
    ...singles,
    ...pairs,
    ...OLD_ALARMS.map((time) => ({ goal: { kind: "turn on alarm", time } as const, isHeldOut: false })),
    ...joined(HOURS, MINUTES, 3, (hour, minute) => ({ kind: "set alarm", hour, minute })),
    ...joined(PEOPLE, ["open contact", "call", "star contact"] as const, 3, (name, kind) => ({ kind, name })),
    ...joined(COUNTRIES, ["read news", "save news"] as const, 3, (country, kind) => ({ kind, country })),
    ...joined(SUBJECTS, PLACES, 3, (subject, place) => ({ kind: "search web", query: `${subject} in ${place}` })),
  ]);
}

const SUBJECTS = [
  "pizza",
  "hotels",
  "weather",
  "museums",
  "concerts",
  "jobs",
  "bakeries",
  "parks",
  "taxis",
  "hiking",
] as const;
const PLACES = ["rome", "lima", "oslo", "cairo", "delhi", "paris", "tokyo", "boston", "dublin", "madrid"] as const;

export function shoppingGoals(): Goals {
  const things = joined(NOUNS, COLOURS, 4, (noun, colour) => ({ noun, colour }));
  return split([
    ...joined(SHOPS, ["visit shop", "show cart"] as const, 4, (shop, kind) => ({ kind, shop })),
    ...things.flatMap(({ goal: { noun, colour }, isHeldOut }) => {
      const query = `${colour} ${noun}`;
      return SHOPS.flatMap((shop) =>
        (
          [
            { kind: "search shop", shop, query },
            { kind: "select entry", shop, query, entry: 0 },
            { kind: "select entry", shop, query, entry: 1 },
            { kind: "add to cart", shop, colour, noun },
          ] as const
        ).map((goal) => ({ goal, isHeldOut })),
      );
    }),
  ]);
}

interface Candidate<T> {
  readonly goal: T;
  readonly isHeldOut: boolean;
}

/** Every pair; one in `every` is held out, along diagonals, so that each word stays in others. */
function joined<One, Other, const T>(
  ones: readonly One[],
  others: readonly Other[],
  every: number,
  join: (one: One, other: Other) => T,
): Candidate<T>[] {
  return ones.flatMap((one, row) =>
    others.map((other, column) => ({ goal: join(one, other), isHeldOut: (row + column) % every === 0 })),
  );
}

/** The opposite of what holds at first. */
function setting(...names: readonly Switch[]): Goal {
  return { kind: "set switches", turn: names.map((name) => ({ name, on: !isOnAtFirst(name) })) };
}

function split(candidates: readonly Candidate<Goal>[]): Goals {
  const goals = (isHeldOut: boolean) =>
    candidates.filter((each) => each.isHeldOut === isHeldOut).map(({ goal }) => goal);
  return { seen: goals(false), heldOut: goals(true) };
}
