import { z } from "zod";

/** Numbers, names and arrays that many messages share. */

export const count = z.int().min(0).meta({ id: "Count" });
export const positive = z.int().min(1).meta({ id: "Positive" });
export const seed = z
  .int()
  .min(0)
  .max(0xffff_ffff)
  .describe("Unsigned 32-bit; the worker has no other source of chance.")
  .meta({ id: "Seed" });
export const ratio = z.number().min(0).max(1).meta({ id: "Ratio" });
export const positiveNumber = z.number().gt(0).meta({ id: "PositiveNumber" });
export const nonNegative = z.number().min(0).meta({ id: "NonNegative" });
export const stepIds = z
  .array(count)
  .describe("Names of steps whose tokens, log-probs and images the worker keeps.")
  .meta({ id: "StepIds" });
export const metrics = z.record(z.string(), z.number()).meta({ id: "Metrics" });

const bytes = z.instanceof(Uint8Array<ArrayBufferLike>);

export const tensor = z
  .strictObject({
    dtype: z.enum(["float32", "int32"]),
    shape: z.array(count),
    data: bytes.describe("Little-endian, C order."),
  })
  .refine(({ shape, data }) => shape.reduce((product, size) => product * size, 1) * 4 === data.byteLength, {
    error: "the shape does not account for the bytes (4 a number)",
  })
  .meta({ id: "Tensor" });

export type Tensor = z.output<typeof tensor>;
export type Metrics = z.output<typeof metrics>;
