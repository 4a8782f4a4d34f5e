import { z } from "zod";
import { PHONE_ACTION_TYPES } from "../../parsing/phone-action.ts";

const point = z.strictObject({ x: z.number(), y: z.number() });

/** A `PhoneAction` that comes from elsewhere: a script, a saved state. */
export const phoneActionForm = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("DUAL_POINT"), touch: point, lift: point, isHeld: z.literal(true).exactOptional() }),
  z.strictObject({ type: z.literal("TYPE"), text: z.string() }),
  z.strictObject({ type: z.enum(PHONE_ACTION_TYPES).exclude(["DUAL_POINT", "TYPE"]).or(z.literal("IDLE")) }),
]);
