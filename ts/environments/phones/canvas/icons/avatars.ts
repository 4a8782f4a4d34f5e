import type { Ink, Pictogram } from "../../../drawing/shapes.ts";
import { PEOPLE, STRANGERS } from "../vocabulary.ts";

const PLATES: readonly Ink[] = ["red", "yellow", "blue", "lime", "violet", "orange", "sky", "green", "pink", "black"];
const NAMES: readonly string[] = [...PEOPLE, ...STRANGERS];

/** The plate of a person, the same on every phone. */
export function avatarIcon(name: string): Pictogram {
  return [PLATES[NAMES.indexOf(name) % PLATES.length] ?? "grey"];
}
