import { NumberPairFrames } from "../drawing/number-pair-frames.ts";
import type { RgbImage } from "../environment.ts";
import type { Floors } from "./rules.ts";

const frames = new NumberPairFrames("Lift: ", "Call: ");

/** The 300×300 frame of a state; the same buffer for the same state, so that it must not be written to. */
export function elevatorFrame({ lift, call }: Floors): RgbImage {
  return frames.kept(lift, call);
}
