import fc from "fast-check";
import type { Fact } from "../../../../ts/environments/alfworld/hosts/calls.ts";

/** A state of a world as it is, from which facts are told: seen and unseen things alike. */
export interface Household {
  /** Where the agent is; 0 is the middle of the room. */
  readonly here: number;
  readonly receptacles: readonly Receptacle[];
  readonly carried: string | null;
  readonly lit: readonly string[];
  readonly sliced: readonly string[];
  readonly hot: readonly string[];
  readonly cool: readonly string[];
  readonly clean: readonly string[];
}

interface Receptacle {
  readonly name: string;
  readonly at: number;
  readonly isOpenable: boolean;
  readonly isOpen: boolean;
  readonly objects: readonly string[];
}

// Few, so that two households often agree in what is seen.
const RECEPTACLES = ["fridge 1", "cabinet 1", "cabinet 2", "cabinet 10", "countertop 1", "footable 1"];
const OBJECTS = ["mug 1", "mug 2", "mug 11", "apple 1", "desklamp 1", "desklamp 2", "peppershaker 3", "zebra 1"];

const some = fc.subarray(OBJECTS);

/** Any two share their receptacles' names, places and whether those have doors. */
export const households: fc.Arbitrary<[Household, Household]> = fc
  .record({
    names: fc.subarray(RECEPTACLES, { minLength: 1 }),
    at: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 6, maxLength: 6 }),
    doors: fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
  })
  .chain(({ names, at, doors }) => {
    const one = fc
      .record({
        here: fc.integer({ min: 0, max: 3 }),
        open: fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
        // Where each object is: in a receptacle, in the hand, or nowhere.
        where: fc.array(fc.integer({ min: -2, max: names.length - 1 }), { minLength: 8, maxLength: 8 }),
        marks: fc.record({ lit: some, sliced: some, hot: some, cool: some, clean: some }),
      })
      .map(({ here, open, where, marks }): Household => {
        const placed = (place: number) => OBJECTS.filter((_, index) => where[index] === place);
        const receptacles = names.map((name, index) => ({
          name,
          at: at[index] ?? 1,
          isOpenable: doors[index] === true,
          isOpen: open[index] === true,
          objects: placed(index),
        }));
        return { here, receptacles, carried: placed(-1)[0] ?? null, ...marks };
      });
    return fc.tuple(one, one);
  });

/** All that is true of it, whether an eye sees it or not, as `python/coso_alfworld/worlds.py` tells it. */
export function factsOf({ here, receptacles, carried, ...marks }: Household): Fact[] {
  const about = (predicate: string, names: readonly string[]): Fact[] => names.map((name) => [predicate, name]);
  return [
    ["atlocation", "agent1 ", `loc ${here}`],
    ...receptacles.flatMap(({ name, at, isOpenable, isOpen, objects }): Fact[] => [
      ["receptacleatlocation", name, `loc ${at}`],
      ["receptacletype", name, `${name.split(" ")[0]}type `],
      ...about("openable", isOpenable ? [name] : []),
      ...about("opened", isOpenable && isOpen ? [name] : []),
      ...objects.map((object): Fact => ["inreceptacle", object, name]),
    ]),
    ...(carried === null ? [] : ([["holds", "agent1 ", carried]] satisfies Fact[])),
    ...OBJECTS.map((name): Fact => ["objecttype", name, `${name.split(" ")[0]}type `]),
    ...about("istoggled", marks.lit),
    ...about("issliced", marks.sliced),
    ...about("ishot", marks.hot),
    ...about("iscool", marks.cool),
    ...about("isclean", marks.clean),
  ];
}

/** Told by hand, as a text: two households look alike exactly where these are equal. */
export function looksOf({ here, receptacles, carried, lit, sliced }: Household): string {
  const marked = (name: string) =>
    `${name}${lit.includes(name) ? " lit" : ""}${sliced.includes(name) ? " sliced" : ""}`;
  const near = receptacles.filter(({ at }) => at === here);
  const places = near.map(({ name, isOpenable, isOpen, objects }) => {
    if (isOpenable && !isOpen) return `${name} closed`;
    return `${name} ${isOpenable ? "open" : ""}: ${objects.map(marked).sort().join(", ")}`;
  });
  const seen = near.length > 0 ? places : ["room", ...receptacles.map(({ name }) => name)];
  return JSON.stringify([seen.sort(), carried === null ? "" : marked(carried)]);
}

/** `one` with all that cannot be seen in it as it is in `other`. */
export function withHiddenOf(one: Household, other: Household): Household {
  const near = one.receptacles.filter(({ at }) => at === one.here);
  const isShown = ({ at, isOpenable, isOpen }: Receptacle) => at === one.here && (!isOpenable || isOpen);
  const shown = new Set([...near.filter(isShown).flatMap(({ objects }) => objects), one.carried]);
  const unseen = (names: readonly string[]) => names.filter((name) => !shown.has(name));
  const receptacles = one.receptacles.map((receptacle, index) => {
    const { isOpen = false, objects = [] } = other.receptacles[index] ?? {};
    if (isShown(receptacle)) return receptacle;
    // An object is in one place at a time; a door where the agent stands is seen, and what is behind it is not.
    return { ...receptacle, isOpen: receptacle.at === one.here ? receptacle.isOpen : isOpen, objects: unseen(objects) };
  });
  const marks = (mine: readonly string[], theirs: readonly string[]) => [
    ...mine.filter((name) => shown.has(name)),
    ...unseen(theirs),
  ];
  return {
    ...one,
    receptacles,
    lit: marks(one.lit, other.lit),
    sliced: marks(one.sliced, other.sliced),
    hot: other.hot,
    cool: other.cool,
    clean: other.clean,
  };
}
