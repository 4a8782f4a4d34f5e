import type { RgbImage } from "../../environment.ts";

const sprites = new Map<string, RgbImage>();

/**
 * The sprite of that name, drawn on first use, so that it must not be written to. They are kept for the life of the
 * process: rooms have some thirty types of receptacle and sixty of object, a few numbers each, in all some tens of MB.
 */
export function keptSprite(name: string, draw: () => RgbImage): RgbImage {
  let sprite = sprites.get(name);
  if (sprite === undefined) {
    sprite = draw();
    sprites.set(name, sprite);
  }
  return sprite;
}
