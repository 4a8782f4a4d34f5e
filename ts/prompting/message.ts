import type { Observation, RgbImage } from "../environments/environment.ts";

/** What a model is shown, in this order: texts and images. */
export type Message = readonly (string | RgbImage)[];

/** An observation as one user message: the image, where there is one, then the prompt. */
export function messageOf({ prompt, image }: Pick<Observation, "prompt" | "image">): Message {
  return image === undefined ? [prompt] : [image, prompt];
}
