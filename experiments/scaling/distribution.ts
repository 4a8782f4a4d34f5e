import { z } from "zod";
import type { RandomStream } from "../../ts/index.ts";

/** How long something takes, or how many tokens it has: positive numbers in whatever unit the field has. */
export const distribution = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("constant"), mean: z.number().min(0) }),
  /** `deviation` is the standard deviation over the mean. */
  z.strictObject({ kind: z.literal("lognormal"), mean: z.number().positive(), deviation: z.number().positive() }),
  /** A heavy tail: the smaller `shape`, the heavier; at 2 and below the variance is infinite. */
  z.strictObject({ kind: z.literal("pareto"), mean: z.number().positive(), shape: z.number().gt(1) }),
]);

export type Distribution = z.output<typeof distribution>;

export function draw(from: Distribution, random: RandomStream): number {
  switch (from.kind) {
    case "constant":
      return from.mean;
    case "lognormal": {
      const variance = Math.log(1 + from.deviation ** 2);
      return from.mean * Math.exp(Math.sqrt(variance) * standardNormal(random) - variance / 2);
    }
    case "pareto":
      return ((from.mean * (from.shape - 1)) / from.shape) * (1 - random.float()) ** (-1 / from.shape);
  }
}

export function scaled<D extends Distribution>(from: D, factor: number): D {
  return { ...from, mean: from.mean * factor };
}

/** Box and Muller's, of which one of the two is used: a draw takes as many numbers of the stream whatever came before. */
function standardNormal(random: RandomStream): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random.float()));
  return radius * Math.cos(2 * Math.PI * random.float());
}
