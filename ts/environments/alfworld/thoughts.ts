import { type Goal, goalProgress } from "./goal.ts";
import type { Fact } from "./hosts/calls.ts";

const TREATMENTS = {
  pick_clean_then_place_in_recep: { adjective: "clean", verb: "cleaned" },
  pick_heat_then_place_in_recep: { adjective: "hot", verb: "heated" },
  pick_cool_then_place_in_recep: { adjective: "cool", verb: "cooled" },
} as const;

/** What a demonstrator may think: how far its task is, in several wordings, and never the command itself. */
export function thoughtsOn(goal: Goal, facts: readonly Fact[]): readonly string[] {
  const { object, target } = goal;
  const { isHeld, isHeldTreated, numPlaced } = goalProgress(goal, facts);
  if (!isHeld) {
    const wanted = numPlaced > 0 && goal.type === "pick_two_obj_and_place" ? `another ${object}` : `the ${object}`;
    return [`I need ${wanted}.`, `First I must find ${wanted}.`, `Where is ${wanted}? I look for it.`];
  }
  switch (goal.type) {
    case "look_at_obj_in_light":
      return [`I have the ${object} and need the ${target}.`, `With the ${object} I look for the ${target}.`];
    case "pick_and_place_simple":
    case "pick_two_obj_and_place":
      return belongs(object, target);
    default: {
      const { adjective, verb } = TREATMENTS[goal.type];
      if (isHeldTreated) return belongs(`${adjective} ${object}`, target);
      return [`I have the ${object}, which must be ${verb}.`, `The ${object} is not ${adjective} yet.`];
    }
  }
}

function belongs(thing: string, target: string): readonly string[] {
  return [`The ${thing} belongs to the ${target}.`, `I have the ${thing}; now to the ${target}.`];
}
