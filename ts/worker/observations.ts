import type { Observation, RgbImage } from "../environments/environment.ts";
import { CosoError } from "../errors.ts";
import type { ObservationBatch } from "../protocol/messages.ts";

export interface PackedObservations {
  readonly batch: ObservationBatch;
  /** Goes into the call's `frames`; the batch refers to frame 0. Empty without images. */
  readonly frames: Uint8Array[];
}

/**
 * Observations as the wire takes them: all images in one contiguous frame, and each pixel buffer once however many
 * observations share it.
 * @throws CosoError when images differ in size, do not fill their buffers, or only some observations have one.
 */
export function packObservations(observations: readonly Observation[]): PackedObservations {
  const prompts = observations.map(({ prompt }) => prompt);
  const images = observations.flatMap(({ image }) => (image === undefined ? [] : [image]));
  const [first] = images;
  if (first === undefined) return { batch: { prompts, images: null, imageIndex: null }, frames: [] };
  if (images.length < observations.length) {
    throw new CosoError(
      `Expected an image in every observation of a batch or in none, got ${images.length} in ${observations.length}.`,
    );
  }
  const { width, height } = first;
  const places = new Map<Uint8Array, number>();
  const imageIndex = images.map((image) => {
    expectSize(image, width, height);
    const place = places.get(image.rgb) ?? places.size;
    places.set(image.rgb, place);
    return place;
  });
  const size = width * height * 3;
  // Every byte is written below, so the memory need not be cleared first.
  const frame = Buffer.allocUnsafe(places.size * size);
  for (const [rgb, place] of places) frame.set(rgb, place * size);
  return {
    batch: { prompts, images: { frame: 0, number: places.size, height, width }, imageIndex },
    frames: [frame],
  };
}

function expectSize({ width, height, rgb }: RgbImage, batchWidth: number, batchHeight: number): void {
  if (width !== batchWidth || height !== batchHeight) {
    throw new CosoError(
      `Expected images of one size in a batch, got ${batchWidth}×${batchHeight} and ${width}×${height}. ` +
        "Let the environment return one size, or send the sizes in separate batches.",
    );
  }
  if (rgb.byteLength !== width * height * 3) {
    throw new CosoError(
      `Expected ${width * height * 3} bytes for a ${width}×${height} RGB image, got ${rgb.byteLength}.`,
    );
  }
}
