import { blankImage, copyImage, drawImage } from "../../drawing/canvas.ts";
import type { RgbImage } from "../../environment.ts";
import { handBand } from "./hand.ts";
import type { Place, Scene, Thing } from "./scene.ts";
import { GROUND, placeGround, placeHeader, titleBand } from "./sections.ts";
import { keptSprite } from "./sprites.ts";
import { drawTiles, type Tile } from "./tiles.ts";

const SIDE = 300;
const HAND_HEIGHT = 64;
const SURROUNDINGS_HEIGHT = SIDE - HAND_HEIGHT;
/** Heights of the places' bands, by how many places there are where the agent is; there is no room for more. */
const HEADER_HEIGHTS = [44, 30, 24, 20, 18] as const;

/**
 * The 300×300 frame of a scene, a fresh buffer: above the place, or several below each other, under a band with its
 * name; below it what is carried. In the middle of the room its receptacles, those of a type as one: `cabinet 1-20`.
 */
export function schematicFrame(scene: Scene): RgbImage {
  const image = copyImage(keptSprite("blank", () => blankImage(SIDE, SIDE, GROUND.surface)));
  if (scene.kind === "room") drawRoom(image, scene.receptacles);
  else drawPlaces(image, scene.places);
  drawImage(image, handBand(scene.carried, SIDE, HAND_HEIGHT), 0, SURROUNDINGS_HEIGHT);
  return image;
}

function drawRoom(image: RgbImage, receptacles: readonly Thing[]): void {
  const [height] = HEADER_HEIGHTS;
  drawImage(image, titleBand("middle of the room", SIDE, height), 0, 0);
  const field = { x: 0, y: height, width: SIDE, height: SURROUNDINGS_HEIGHT - height };
  drawTiles(image, runsOf(receptacles), field, GROUND.surface);
}

function drawPlaces(image: RgbImage, places: readonly Place[]): void {
  const hasRest = places.length > HEADER_HEIGHTS.length;
  const shown = hasRest ? places.slice(0, HEADER_HEIGHTS.length - 1) : places;
  const numSections = shown.length + (hasRest ? 1 : 0);
  const headerHeight = HEADER_HEIGHTS[numSections - 1] ?? 0;
  const topOf = (index: number) => Math.floor((index * SURROUNDINGS_HEIGHT) / numSections);
  for (const [index, place] of shown.entries()) {
    const top = topOf(index);
    const field = { x: 0, y: top + headerHeight, width: SIDE, height: topOf(index + 1) - top - headerHeight };
    drawImage(image, placeHeader(place, SIDE, headerHeight), 0, top);
    drawImage(image, placeGround(place, SIDE, field.height), 0, field.y);
    if (place.access !== "closed") drawTiles(image, place.objects, field, GROUND[place.access]);
  }
  if (!hasRest) return;
  const top = topOf(shown.length);
  drawImage(image, titleBand(`+${places.length - shown.length} places`, SIDE, SURROUNDINGS_HEIGHT - top), 0, top);
}

/** Receptacles of a type whose numbers follow each other as one tile. */
function runsOf(receptacles: readonly Thing[]): Tile[] {
  const runs: { type: string; first: string; last: string }[] = [];
  for (const { type, number } of receptacles) {
    const run = runs.at(-1);
    if (run?.type === type && run.last !== "" && Number(number) === Number(run.last) + 1) run.last = number;
    else runs.push({ type, first: number, last: number });
  }
  return runs.map(({ type, first, last }) => ({ type, number: first === last ? first : `${first}-${last}` }));
}
