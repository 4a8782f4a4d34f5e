import { z } from "zod";
import { median } from "../report/statistics.ts";
import { playSides } from "./sides.ts";

/**
 * Sampling with the default engine, whose slots are filled again and whose log-probs are kept from sampling, against the
 * model's own `generate` in batches of as many rows as we have slots, and against RL4VLM's way, one observation after
 * the other and a second pass for its log-probs. Same weights, prompts and images; rates are tokens per CPU second.
 */
export interface GenerationBenchmark {
  /** Our rate over that of `generate`: the likeliest tokens, utterances that end at different lengths. */
  readonly ratio: number;
  /** The same where all utterances are of one length, so that no slot is ever filled again. */
  readonly equalLengthsRatio: number;
  /** Our rate over that of RL4VLM's way: drawn tokens, one length. */
  readonly oneByOneRatio: number;
  /** 1 where our likeliest tokens are those of `generate`, in all rounds of both lengths; else 0. */
  readonly sameTokens: number;
  readonly tokensPerSecond: number;
  readonly generateTokensPerSecond: number;
  /** Largest difference of our log-probs from those of a training pass over the same tokens, nats. */
  readonly maxAbsDiff: number;
  /** Tokens that we said in all rounds. */
  readonly n: number;
}

const usualSizes = {
  observations: 128,
  shortest: 30,
  longest: 80,
  newTokens: 64,
  slots: 32,
  vocabulary: 32_000,
  hiddenSize: 128,
  layers: 3,
};

const round = z
  .object({
    seconds: z.number().positive(),
    tokens: z.int().positive(),
    max_abs_diff: z.number().min(0),
    digest: z.string(),
  })
  .transform(({ max_abs_diff, ...rest }) => ({ ...rest, maxAbsDiff: max_abs_diff }));

type Round = z.output<typeof round>;

export async function benchGeneration({
  rounds = 3,
  sizes = {},
}: {
  rounds?: number;
  sizes?: Partial<typeof usualSizes>;
} = {}): Promise<GenerationBenchmark> {
  const chosen = { ...usualSizes, ...sizes };
  const play = <Side extends string>(sides: readonly Side[], other: Record<string, number>) =>
    playSides({
      module: "bench.generation",
      sides,
      sizes: { ...chosen, ...other },
      rounds,
      read: (answer) => round.parse(answer),
    });
  const differing = await play(["ours", "generate"], { greedy: 1, ends: 1 });
  const oneBatch = { observations: Math.min(chosen.slots, chosen.observations), ends: 0 };
  const equal = await play(["ours", "generate"], { ...oneBatch, greedy: 1 });
  const few = { observations: Math.ceil(oneBatch.observations / 2), ends: 0, greedy: 0 };
  const drawn = await play(["ours", "one-by-one"], few);
  const ours = [...differing.ours, ...equal.ours, ...drawn.ours];
  return {
    ratio: rate(differing.ours) / rate(differing.generate),
    equalLengthsRatio: rate(equal.ours) / rate(equal.generate),
    oneByOneRatio: rate(drawn.ours) / rate(drawn["one-by-one"]),
    sameTokens:
      haveSameTokens(differing.ours, differing.generate) && haveSameTokens(equal.ours, equal.generate) ? 1 : 0,
    tokensPerSecond: rate(differing.ours),
    generateTokensPerSecond: rate(differing.generate),
    maxAbsDiff: Math.max(...ours.map(({ maxAbsDiff }) => maxAbsDiff)),
    n: ours.reduce((sum, { tokens }) => sum + tokens, 0),
  };
}

/** Median over rounds. */
function rate(side: readonly Round[]): number {
  return median(side.map(({ tokens, seconds }) => tokens / seconds));
}

function haveSameTokens(ours: readonly Round[], theirs: readonly Round[]): boolean {
  return ours.every(({ digest }, index) => digest === theirs[index]?.digest);
}
