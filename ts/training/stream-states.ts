import { z } from "zod";
import type { RandomStreams } from "../random.ts";

/** Named streams, as checkpoints keep them. */
export const streamStates = z.record(z.string(), z.array(z.int()));

export function statesOf(streams: RandomStreams): z.output<typeof streamStates> {
  return Object.fromEntries(Object.entries(streams.state()).map(([name, words]) => [name, [...words]]));
}
