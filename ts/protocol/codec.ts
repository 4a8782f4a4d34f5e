import { decode, encode } from "@msgpack/msgpack";
import type { z } from "zod";
import { CosoError, messageOf } from "../errors.ts";
import { type Reply, type Request, reply } from "./messages/envelopes.ts";
import { type Method, methods, type Params, type Result } from "./messages.ts";

/**
 * One request as the worker reads it.
 * @throws CosoError when the params do not fit the method, naming the field: an error here is clearer than one there.
 */
export function encodeRequest<M extends Method>(id: number, method: M, params: Params<M>): Uint8Array {
  const checked = check(methods[method].params, params, `the params of ${method}`);
  return encode({ id, method, params: checked } satisfies Request);
}

/** @throws CosoError when the bytes are no reply. */
export function decodeReply(bytes: Uint8Array): Reply {
  let message: unknown;
  try {
    message = decode(bytes);
  } catch (error) {
    throw new CosoError(`Expected msgpack from the worker, got ${bytes.byteLength} other bytes: ${messageOf(error)}`);
  }
  return check(reply, message, "a reply");
}

/** @throws CosoError when the worker's answer does not fit the method. */
export function checkResult<M extends Method>(method: M, result: unknown): Result<M> {
  const schema: z.ZodType = methods[method].result;
  // The registry pairs each method with its result, which indexing by a generic key does not show to the compiler.
  return check(schema, result, `the result of ${method}`) as Result<M>;
}

function check<Schema extends z.ZodType>(schema: Schema, value: unknown, what: string): z.output<Schema> {
  const checked = schema.safeParse(value);
  if (checked.success) return checked.data;
  const issues = checked.error.issues
    .slice(0, 3)
    .map(({ path, message }) => `${path.join(".") || "(all)"}: ${message}`);
  throw new CosoError(`In ${what}: ${issues.join("; ")}`);
}
