import { NumberPairFrames } from "../drawing/number-pair-frames.ts";
import type { RgbImage } from "../environment.ts";
import type { NumberPair } from "./rules.ts";

const frames = new NumberPairFrames("Target: ", "Current: ");

/** The 300×300 frame of a state; the same buffer for the same state, so that it must not be written to. */
export function numberLineFrame({ current, target }: NumberPair): RgbImage {
  return frames.kept(target, current);
}

/** A fresh buffer: black on white, "Target: x" above "Current: y". */
export function drawNumberLineFrame({ current, target }: NumberPair): RgbImage {
  return frames.drawn(target, current);
}
