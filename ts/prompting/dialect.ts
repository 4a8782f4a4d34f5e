import type { JsonValue, RgbImage } from "../environments/environment.ts";
import { encodePng } from "../png.ts";
import type { Endpoint, EndpointSampling } from "./endpoint.ts";
import type { Message } from "./message.ts";

/** How one kind of endpoint is spoken to: pure, but for the encoding of images. */
export interface Dialect<E extends Endpoint = Endpoint> {
  url(endpoint: E): string;
  /** Carry the key, which is in nothing else that is sent. */
  headers(key: string): Record<string, string>;
  /** One user message. */
  body(endpoint: E, message: Message, sampling: EndpointSampling): { readonly [field: string]: JsonValue };
  /** Undefined where the endpoint said 200 and yet gave no answer. */
  read(reply: unknown): EndpointAnswer | undefined;
}

export interface EndpointAnswer {
  utterance: string;
  ending: Ending;
  /** As the endpoint calls the model that answered; null where it does not say. */
  model: string | null;
  /** As the endpoint counted them, and null where it did not. */
  inputTokens: number | null;
  /** Thoughts that are not shown included, as they are paid for. */
  outputTokens: number | null;
}

/**
 * - `finished`: by itself
 * - `cut`: at the token limit
 * - `withheld`: the endpoint kept the answer, or the rest of it, back, as its filters do
 */
export type Ending = "finished" | "cut" | "withheld";

/** By pixel buffer: environments may show the same buffer many times. */
const encoded = new WeakMap<Uint8Array, string>();

/** Base64, without a prefix. */
export function pngBase64(image: RgbImage): string {
  const text = encoded.get(image.rgb) ?? Buffer.from(encodePng(image)).toString("base64");
  encoded.set(image.rgb, text);
  return text;
}
