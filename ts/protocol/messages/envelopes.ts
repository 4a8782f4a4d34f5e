import { z } from "zod";
import { count, metrics, positive } from "./scalars.ts";

/** Frame 0 of a message; raw frames follow. */

/** `params` belongs to `method`; each side checks it against the method's own schema. */
export const request = z.strictObject({ id: count, method: z.string(), params: z.unknown() }).meta({ id: "Request" });

export const resultReply = z
  .strictObject({ kind: z.literal("result"), id: count, result: z.unknown() })
  .meta({ id: "ResultReply" });
export const errorReply = z
  .strictObject({
    kind: z.literal("error"),
    id: count,
    code: z.string().describe("Stable name of the failure, such as `unknown-step` or `out-of-memory`."),
    message: z.string(),
    traceback: z.string(),
  })
  .meta({ id: "ErrorReply" });
export const progressReply = z
  .strictObject({ kind: z.literal("progress"), id: count, done: count, total: positive, metrics })
  .meta({ id: "ProgressReply" });
export const heartbeatReply = z
  .strictObject({ kind: z.literal("heartbeat") })
  .describe("Sent every second, whatever the worker is doing.")
  .meta({ id: "HeartbeatReply" });
export const reply = z
  .discriminatedUnion("kind", [resultReply, errorReply, progressReply, heartbeatReply])
  .meta({ id: "Reply" });

export type Request = z.output<typeof request>;
export type Reply = z.output<typeof reply>;
