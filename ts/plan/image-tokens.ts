import type { PatchVision, TiledVision, VisionShape } from "./shapes.ts";

interface Size {
  readonly height: number;
  readonly width: number;
}

/** What an image becomes. */
export interface ImageTokens {
  /** In the prompt. */
  readonly prompt: number;
  /** Read by the vision tower. */
  readonly vision: number;
}

export function imageTokens(vision: VisionShape, image: Size): ImageTokens {
  return vision.kind === "tiles" ? tiledTokens(vision, image) : patchTokens(vision, image);
}

/**
 * LLaVA-NeXT's "anyres": an overview of one tile, and the image cut by the grid that keeps most of its pixels and, among
 * equals, wastes fewest. The tiles' features are cropped back to the image's proportions, and each row of them ends with
 * a newline token.
 */
function tiledTokens({ imageSize, patchSize, pinpoints }: TiledVision, image: Size): ImageTokens {
  const patches = Math.floor(imageSize / patchSize);
  const grid = bestGrid(pinpoints, image);
  const tiles = { height: grid.height / imageSize, width: grid.width / imageSize };
  const kept = unpadded({ height: tiles.height * patches, width: tiles.width * patches }, image);
  return {
    prompt: patches ** 2 + kept.height * kept.width + kept.height,
    // Each tile is read with a class token.
    vision: (1 + tiles.height * tiles.width) * (patches ** 2 + 1),
  };
}

function bestGrid(pinpoints: TiledVision["pinpoints"], { height, width }: Size): Size {
  const fits = pinpoints.map(([gridHeight, gridWidth]) => {
    const scale = Math.min(gridWidth / width, gridHeight / height);
    const scaled = Math.trunc(width * scale) * Math.trunc(height * scale);
    const effective = Math.min(scaled, width * height);
    return { height: gridHeight, width: gridWidth, effective, wasted: gridHeight * gridWidth - effective };
  });
  const best = fits.reduce((chosen, fit) => {
    const isBetter = fit.effective > chosen.effective;
    const isAsGood = fit.effective === chosen.effective && fit.wasted < chosen.wasted;
    return isBetter || isAsGood ? fit : chosen;
  });
  return { height: best.height, width: best.width };
}

/** Takes the rows or columns away that only padding to the grid's proportions filled. */
function unpadded(features: Size, image: Size): Size {
  if (image.width / image.height > features.width / features.height) {
    const height = rounded((image.height * features.width) / image.width);
    return { width: features.width, height: features.height - 2 * Math.floor((features.height - height) / 2) };
  }
  const width = rounded((image.width * features.height) / image.height);
  return { height: features.height, width: features.width - 2 * Math.floor((features.width - width) / 2) };
}

/** Towards 0, after the seven digits that the original rounds to. */
function rounded(value: number): number {
  return Math.trunc(Number(value.toFixed(7)));
}

/** Qwen2.5-VL's "smart resize": both sides become multiples of a merged square, within bounds on the number of pixels. */
function patchTokens({ patchSize, mergeSize, minPixels, maxPixels }: PatchVision, image: Size): ImageTokens {
  const side = patchSize * mergeSize;
  const pixels = image.height * image.width;
  const to = (round: (value: number) => number, scale: number): Size => ({
    height: Math.max(side, round((image.height * scale) / side) * side),
    width: Math.max(side, round((image.width * scale) / side) * side),
  });
  let resized = to(Math.round, 1);
  if (resized.height * resized.width > maxPixels) resized = to(Math.floor, Math.sqrt(maxPixels / pixels));
  else if (resized.height * resized.width < minPixels) resized = to(Math.ceil, Math.sqrt(minPixels / pixels));
  const patches = (resized.height / patchSize) * (resized.width / patchSize);
  return { prompt: patches / mergeSize ** 2, vision: patches };
}
