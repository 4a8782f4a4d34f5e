import type { Fact } from "./hosts/calls.ts";

export const TASK_TYPES = [
  "pick_and_place_simple",
  "look_at_obj_in_light",
  "pick_clean_then_place_in_recep",
  "pick_heat_then_place_in_recep",
  "pick_cool_then_place_in_recep",
  "pick_two_obj_and_place",
] as const;
export type TaskType = (typeof TASK_TYPES)[number];

/** What a game asks for; types as facts write them, in lower case. */
export interface Goal {
  readonly type: TaskType;
  readonly object: string;
  /** The receptacle's type, or the lamp's. */
  readonly target: string;
}

/**
 * The share of a goal's conditions that hold, in [0, 1], as alfworld counts them in AI2-THOR (`env/tasks.py`): placing 1,
 * placing two 2, looking at something under a lamp 2, treating and placing 3, of which the last is both at once.
 */
export function goalConditionRate(goal: Goal, facts: readonly Fact[]): number {
  const conditions = conditionsOf(goal, facts);
  return conditions.filter(Boolean).length / conditions.length;
}

const TREATED = {
  pick_clean_then_place_in_recep: "isclean",
  pick_heat_then_place_in_recep: "ishot",
  pick_cool_then_place_in_recep: "iscool",
} as const;

function conditionsOf({ type, object, target }: Goal, facts: readonly Fact[]): boolean[] {
  const about = aboutThings(facts);
  const objects = named(about("objecttype"), object);
  const places = named(about("receptacletype"), target);
  const within = about("inreceptacle").filter(([thing = "", place = ""]) => objects.has(thing) && places.has(place));
  const inPlace = within.map(([thing = ""]) => thing);
  switch (type) {
    case "pick_and_place_simple":
      return [inPlace.length > 0];
    case "pick_two_obj_and_place": {
      // In one receptacle: two drawers with one each are half of it.
      const most = Math.max(0, ...[...places].map((place) => within.filter(([, where]) => where === place).length));
      return [most >= 1, most >= 2];
    }
    case "look_at_obj_in_light":
      return [about("holds").some(([, thing = ""]) => objects.has(thing)), isLit(target, about)];
    default: {
      const treated = about(TREATED[type]).flatMap(([thing = ""]) => (objects.has(thing) ? [thing] : []));
      return [inPlace.length > 0, treated.length > 0, inPlace.some((thing) => treated.includes(thing))];
    }
  }
}

/** How far a task is, as whoever plays it knows. */
export interface GoalProgress {
  /** Whether a thing of the wanted type is held, and whether that one is treated as wanted. */
  readonly isHeld: boolean;
  readonly isHeldTreated: boolean;
  /** Things of the wanted type where they are wanted. */
  readonly numPlaced: number;
}

export function goalProgress({ type, object, target }: Goal, facts: readonly Fact[]): GoalProgress {
  const about = aboutThings(facts);
  const objects = named(about("objecttype"), object);
  const places = named(about("receptacletype"), target);
  const held = about("holds").flatMap(([, thing = ""]) => (objects.has(thing) ? [thing] : []));
  const treated = type in TREATED ? about(TREATED[type as keyof typeof TREATED]).map(([thing = ""]) => thing) : held;
  return {
    isHeld: held.length > 0,
    isHeldTreated: held.some((thing) => treated.includes(thing)),
    numPlaced: about("inreceptacle").filter(([thing = "", place = ""]) => objects.has(thing) && places.has(place))
      .length,
  };
}

function aboutThings(facts: readonly Fact[]): (predicate: string) => string[][] {
  return (predicate) => facts.filter(([name]) => name === predicate).map(([, ...things]) => things);
}

/** Whether a lamp of that type has been used, and stands where the agent is. */
function isLit(lamp: string, about: (predicate: string) => string[][]): boolean {
  const lamps = named(about("objecttype"), lamp);
  const [[, here] = []] = about("atlocation");
  const placesHere = about("receptacleatlocation").flatMap(([place = "", where]) => (where === here ? [place] : []));
  const lampsHere = about("inreceptacle").flatMap(([thing = "", place = ""]) =>
    placesHere.includes(place) ? [thing] : [],
  );
  return about("istoggled").some(([thing = ""]) => lamps.has(thing) && lampsHere.includes(thing));
}

/** Things whose type is `kind`: a fact writes it as `mugtype`. */
function named(typed: readonly string[][], kind: string): Set<string> {
  return new Set(typed.flatMap(([thing = "", type = ""]) => (type.trim() === `${kind}type` ? [thing] : [])));
}
