import type { Observation, RgbImage } from "../environments/environment.ts";
import { CosoError } from "../errors.ts";
import type { ObservationBatch } from "../protocol/messages/observations.ts";

export interface PackedObservations {
  readonly batch: ObservationBatch;
  /** Goes into the call's `frames`; the batch refers to frame 0. Empty without images. */
  readonly frames: Uint8Array[];
  /**
   * Gives the frame's memory back for a later batch; to be called once the reply is there, which says that every byte
   * was sent. Megabytes of fresh memory cost more to map than to fill. A frame that is never given back is garbage.
   */
  release(): void;
}

/** Memory given back. */
const spares: Buffer[] = [];
const SPARES_KEPT = 4;

/**
 * Observations as the wire takes them: all images in one contiguous frame, and each pixel buffer once however many
 * observations share it.
 * @throws CosoError when images differ in size, do not fill their buffers, or only some observations have one.
 */
export function packObservations(observations: readonly Observation[]): PackedObservations {
  const prompts = observations.map(({ prompt }) => prompt);
  const images = observations.flatMap(({ image }) => (image === undefined ? [] : [image]));
  const [first] = images;
  if (first === undefined) {
    return { batch: { prompts, images: null, imageIndex: null }, frames: [], release: () => {} };
  }
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
  const memory = takeMemory(places.size * size);
  const frame = memory.subarray(0, places.size * size);
  for (const [rgb, place] of places) frame.set(rgb, place * size);
  return {
    batch: { prompts, images: { frame: 0, number: places.size, height, width }, imageIndex },
    frames: [frame],
    release: () => {
      if (spares.length < SPARES_KEPT && !spares.includes(memory)) spares.push(memory);
    },
  };
}

/** At least `size` bytes, every one of which is still to be written. */
function takeMemory(size: number): Buffer {
  const place = spares.findIndex(({ byteLength }) => byteLength >= size);
  const [spare] = place === -1 ? [] : spares.splice(place, 1);
  if (spare !== undefined) return spare;
  // Too small for what is asked now: batches have grown, and the old ones would only take room.
  spares.length = 0;
  return Buffer.allocUnsafe(size);
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
