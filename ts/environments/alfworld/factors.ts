import type { ActionFactor } from "../environment.ts";
import { OBJECTS, RECEPTACLES } from "./things.ts";

const VERBS = [
  "clean",
  "close",
  "cool",
  "examine",
  "go",
  "heat",
  "help",
  "inventory",
  "look",
  "move",
  "open",
  "put",
  "slice",
  "take",
  "use",
] as const;
const NONE = "none";
/** Types and numbers that only data of someone else's making has. */
const OTHER = "other";
const NUMBERS = Array.from({ length: 20 }, (_, index) => String(index + 1));

/**
 * A command as a product of closed sets, though which commands are admissible depends on the state: what is done, to
 * what, and where. Numbers are factors of their own, for `cabinet 1` and `cabinet 2` are two places.
 */
export const COMMAND_FACTORS: readonly ActionFactor[] = [
  { name: "verb", labels: [...VERBS, OTHER] },
  { name: "object", labels: [...OBJECTS, NONE, OTHER] },
  { name: "objectNumber", labels: [...NUMBERS, NONE, OTHER] },
  { name: "receptacle", labels: [...RECEPTACLES, NONE, OTHER] },
  { name: "receptacleNumber", labels: [...NUMBERS, NONE, OTHER] },
];

/** One label a factor, of a command in the game's words: `take mug 1 from desk 2`. */
export function commandFactors(command: string): Record<string, string> {
  const [verb = ""] = command.split(" ", 1);
  const things = [...command.matchAll(/([a-z]+) (\d+)/g)].map(([, type = "", number = ""]) => ({ type, number }));
  const receptacle = things.find(({ type }) => (RECEPTACLES as readonly string[]).includes(type));
  const object = things.find((thing) => thing !== receptacle);
  return {
    verb: known(VERBS, verb),
    object: object === undefined ? NONE : known(OBJECTS, object.type),
    objectNumber: object === undefined ? NONE : known(NUMBERS, object.number),
    receptacle: receptacle?.type ?? NONE,
    receptacleNumber: receptacle === undefined ? NONE : known(NUMBERS, receptacle.number),
  };
}

function known(labels: readonly string[], label: string): string {
  return labels.includes(label) ? label : OTHER;
}
