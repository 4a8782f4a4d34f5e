import { z } from "zod";
import { median } from "../report/statistics.ts";
import { playSides } from "./sides.ts";

/**
 * One pass of PPO over 16 steps: micro-batches with logits at the utterances' positions alone, against the reference's
 * way, a step at a time, padded to 512 tokens, with a float32 log-softmax over the vocabulary at every position. Both
 * come to the same loss and the same gradient.
 */
export interface UpdateBenchmark {
  /** CPU seconds, `seconds / referenceSeconds`. */
  readonly timeRatio: number;
  /** `extraBytes / referenceExtraBytes` */
  readonly memoryRatio: number;
  /** |loss − reference loss|, relative to the larger, with all of it computed in float64: what is not rounding. */
  readonly lossDifference: number;
  /** Likewise of the gradient's norm. */
  readonly gradNormDifference: number;
  readonly seconds: number;
  readonly referenceSeconds: number;
  /** Peak of resident memory above what was resident before the pass. */
  readonly extraBytes: number;
  readonly referenceExtraBytes: number;
  /** Passes of each. */
  readonly n: number;
}

const usualSizes = {
  steps: 16,
  shortest: 30,
  longest: 80,
  newTokens: 64,
  padded: 512,
  microBatch: 4,
  vocabulary: 32_000,
  hiddenSize: 128,
  layers: 3,
};

const pass = z
  .object({
    seconds: z.number().positive(),
    extra_bytes: z.number().min(0),
    loss: z.number(),
    grad_norm: z.number().positive(),
  })
  .transform(({ extra_bytes, grad_norm, ...rest }) => ({ ...rest, extraBytes: extra_bytes, gradNorm: grad_norm }));

type Pass = z.output<typeof pass>;

export async function benchUpdate({
  rounds = 3,
  sizes = {},
}: {
  rounds?: number;
  sizes?: Partial<typeof usualSizes>;
} = {}): Promise<UpdateBenchmark> {
  const { ours, reference } = await playSides({
    module: "bench.update",
    sides: ["ours", "reference"],
    sizes: { ...usualSizes, ...sizes },
    rounds,
    read: (answer) => pass.parse(answer),
    // Freed memory goes back at once: what is counted is what a pass needs, not what the allocator keeps of it.
    environment: { MALLOC_TRIM_THRESHOLD_: "16000000" },
  });
  const middle = (side: readonly Pass[], figure: keyof Pass): number => median(side.map((each) => each[figure]));
  const difference = (figure: keyof Pass): number => {
    const [one, other] = [middle(ours, figure), middle(reference, figure)];
    return Math.abs(one - other) / Math.max(Math.abs(one), Math.abs(other));
  };
  return {
    timeRatio: middle(ours, "seconds") / middle(reference, "seconds"),
    memoryRatio: middle(ours, "extraBytes") / middle(reference, "extraBytes"),
    lossDifference: difference("loss"),
    gradNormDifference: difference("gradNorm"),
    seconds: middle(ours, "seconds"),
    referenceSeconds: middle(reference, "seconds"),
    extraBytes: middle(ours, "extraBytes"),
    referenceExtraBytes: middle(reference, "extraBytes"),
    n: rounds,
  };
}
