import { z } from "zod";
import { median } from "../report/statistics.ts";
import { playTwoSides } from "./two-sides.ts";

/**
 * Sampling 16 utterances with their log-probs: one left-padded batch that keeps the log-probs of what it draws, against
 * RL4VLM's way, one observation after the other and a second pass for its log-probs. Same weights, prompts and images.
 */
export interface GenerationBenchmark {
  /** `tokensPerSecond / referenceTokensPerSecond` */
  readonly ratio: number;
  /** Drawn tokens per CPU second, median over rounds. */
  readonly tokensPerSecond: number;
  readonly referenceTokensPerSecond: number;
  /** Largest difference of our log-probs from those of a training pass over the same tokens, nats. */
  readonly maxAbsDiff: number;
  /** Tokens that we drew in all rounds. */
  readonly n: number;
}

const usualSizes = {
  observations: 16,
  shortest: 30,
  longest: 80,
  newTokens: 64,
  vocabulary: 32_000,
  hiddenSize: 128,
  layers: 3,
};

const round = z
  .object({ seconds: z.number().positive(), tokens: z.int().positive(), max_abs_diff: z.number().min(0) })
  .transform(({ max_abs_diff, ...rest }) => ({ ...rest, maxAbsDiff: max_abs_diff }));

export async function benchGeneration({
  rounds = 3,
  sizes = {},
}: {
  rounds?: number;
  sizes?: Partial<typeof usualSizes>;
} = {}): Promise<GenerationBenchmark> {
  const { ours, reference } = await playTwoSides({
    module: "bench.generation",
    sizes: { ...usualSizes, ...sizes },
    rounds,
    read: (answer) => round.parse(answer),
  });
  const speed = (side: typeof ours): number => median(side.map(({ tokens, seconds }) => tokens / seconds));
  return {
    ratio: speed(ours) / speed(reference),
    tokensPerSecond: speed(ours),
    referenceTokensPerSecond: speed(reference),
    maxAbsDiff: Math.max(...ours.map(({ maxAbsDiff }) => maxAbsDiff)),
    n: ours.reduce((sum, { tokens }) => sum + tokens, 0),
  };
}
