import { z } from "zod";

/** A predicate's name, then its arguments as the player knows them: `["inreceptacle", "mug 1", "desk 2"]`. */
const fact = z.tuple([z.string()], z.string());
export type Fact = z.output<typeof fact>;

/** What the agent sees: 8-bit RGB, rows from the top, as text while it crosses. */
const frame = z
  .strictObject({ width: z.int().min(1), height: z.int().min(1), rgb: z.string() })
  .transform(({ width, height, rgb }) => ({ width, height, rgb: new Uint8Array(Buffer.from(rgb, "base64")) }))
  .refine(({ width, height, rgb }) => rgb.length === 3 * width * height, "expected 3 bytes a pixel");

/** What a game answers. */
const turn = z.strictObject({
  text: z.string(),
  /** Whether the goal holds. */
  won: z.boolean(),
  /** Commands that do something now, in order. */
  admissible: z.array(z.string()),
  /** None in visual worlds, where the two below are. */
  facts: z.array(fact),
  /** The share of the goal's conditions that hold, as AI2-THOR counts them. */
  goalConditionRate: z.number().min(0).max(1).exactOptional(),
  frame: frame.exactOptional(),
});
export type Turn = z.output<typeof turn>;

/** The calls of `python/coso_alfworld/worlds.py` and `thor/worlds.py`, where each is described. */
export interface Calls {
  about: Record<never, never>;
  reset: { world: string; game: string; commands?: readonly string[] };
  step: { world: string; command: string };
  plan: { world: string };
  close: { world: string };
}
export type CallName = keyof Calls;

export const results = {
  about: z.strictObject({ engine: z.enum(["compiled", "stock", "thor"]), versions: z.record(z.string(), z.string()) }),
  reset: turn,
  step: turn,
  plan: z.strictObject({ commands: z.array(z.string()) }),
  close: z.strictObject({}),
} satisfies Record<CallName, z.ZodType>;
export type CallResult<Name extends CallName> = z.output<(typeof results)[Name]>;

/** An answer, of which one of the two is there. */
export const answer = z.union([
  z.strictObject({ result: z.unknown() }),
  z.strictObject({ error: z.strictObject({ code: z.string(), message: z.string(), traceback: z.string() }) }),
]);
