import type { Fact } from "../hosts/calls.ts";

/** A thing as commands name it: `mug 1`. */
export interface Thing {
  readonly type: string;
  /** Empty where the name has none. */
  readonly number: string;
}

export interface SeenObject extends Thing {
  /** A lamp that has been switched on. */
  readonly isLit: boolean;
  readonly isSliced: boolean;
}

/** A receptacle where the agent is. What is behind a door that is shut is no part of it. */
export type Place = Thing &
  (
    | { readonly access: "surface" | "open"; readonly objects: readonly SeenObject[] }
    | { readonly access: "closed"; readonly objects?: never }
  );

/** What an eye sees from where the agent is: the receptacles there or, in the middle of the room, which there are. */
export type Scene = (
  | { readonly kind: "places"; readonly places: readonly Place[] }
  | { readonly kind: "room"; readonly receptacles: readonly Thing[] }
) & {
  /** A hand holds one thing at most. */
  readonly carried: SeenObject | null;
};

/**
 * The visible part of the state that `facts` tell whole, the same whatever their order.
 *
 * Hidden are what lies in a receptacle that is not open, all that other places hold, whether their doors are open, and
 * whether a thing is hot, cool or clean.
 */
export function visibleScene(facts: readonly Fact[]): Scene {
  const [here] = argumentsOf(facts, "atlocation").map(([, location]) => location);
  const located = argumentsOf(facts, "receptacleatlocation");
  const lit = namesOf(facts, "istoggled");
  const sliced = namesOf(facts, "issliced");
  const seen = (names: readonly string[]): SeenObject[] =>
    inOrder(names).map((name) => ({ ...thingOf(name), isLit: lit.has(name), isSliced: sliced.has(name) }));

  const [carried = null] = seen(argumentsOf(facts, "holds").map(([, object = ""]) => object));
  const namesHere = located.flatMap(([name = "", location]) => (location === here ? [name] : []));
  if (namesHere.length === 0) {
    return { kind: "room", receptacles: inOrder(located.map(([name = ""]) => name)).map(thingOf), carried };
  }
  const openable = namesOf(facts, "openable");
  const opened = namesOf(facts, "opened");
  const contained = argumentsOf(facts, "inreceptacle");
  const places = inOrder(namesHere).map((name): Place => {
    if (openable.has(name) && !opened.has(name)) return { ...thingOf(name), access: "closed" };
    const objects = seen(contained.flatMap(([object = "", receptacle]) => (receptacle === name ? [object] : [])));
    return { ...thingOf(name), access: openable.has(name) ? "open" : "surface", objects };
  });
  return { kind: "places", places, carried };
}

function argumentsOf(facts: readonly Fact[], predicate: string): readonly string[][] {
  return facts.filter(([name]) => name === predicate).map(([, ...things]) => things);
}

function namesOf(facts: readonly Fact[], predicate: string): ReadonlySet<string> {
  return new Set(argumentsOf(facts, predicate).map(([name = ""]) => name));
}

function thingOf(name: string): Thing {
  const [, type = name.trim(), number = ""] = /^(.*\S) (\d+)\s*$/.exec(name) ?? [];
  return { type, number };
}

/** As commands name it. */
export function nameOf({ type, number }: Thing): string {
  return number === "" ? type : `${type} ${number}`;
}

/** By type, then by number: `drawer 2` before `drawer 10`. */
function inOrder(names: readonly string[]): string[] {
  return [...names].sort((one, other) => {
    const [a, b] = [thingOf(one), thingOf(other)];
    if (a.type !== b.type) return a.type < b.type ? -1 : 1;
    return Number(a.number) - Number(b.number);
  });
}
