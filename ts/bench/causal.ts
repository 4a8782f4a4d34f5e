import { z } from "zod";
import { CosoError } from "../errors.ts";
import { median } from "../report/statistics.ts";
import { snakeCased, startPythonProcess } from "./line-process.ts";

/**
 * Causal weights by this project and the published way: 64 positions of all utterances in a pass, padded to the longest,
 * zeroed tokens scored too, and all of it again in every epoch of PPO. Both score |ΔP| with the same SCM, window, null
 * token and masked mean. CPU seconds are medians over rounds.
 */
export interface CausalBenchmark {
  /** Of one scoring, `seconds / publishedSeconds`. */
  readonly timeRatio: number;
  /** `extraBytes / publishedExtraBytes` */
  readonly memoryRatio: number;
  /** The largest difference between the two ways' |ΔP|, over all workloads. */
  readonly maxAbsDiff: number;
  /** Of all of an iteration's epochs: ours scores once. */
  readonly epochsTimeRatio: number;
  /** Of one scoring of Eq. 6 where there is nothing to skip and nothing to pad: what small passes alone are worth. */
  readonly plainTimeRatio: number;
  readonly seconds: number;
  readonly publishedSeconds: number;
  /** Peak of resident memory above what was resident before, in the first scoring of a process. */
  readonly extraBytes: number;
  readonly publishedExtraBytes: number;
  /** Largest |ΔP|, against which to read `maxAbsDiff`. */
  readonly largestEffect: number;
  /** Tokens compared. */
  readonly n: number;
}

/** Utterances of `shortest` to `longest` tokens, and the SCM that reads them. */
interface CausalBenchmarkSizes {
  utterances: number;
  shortest: number;
  longest: number;
  zeroedShare: number;
  epochs: number;
  microBatch: number;
  vocabulary: number;
  hiddenSize: number;
  layers: number;
  heads: number;
  feedForwardSize: number;
}

/**
 * The published SCM and batch. The 26 utterances that the paper prints for ALFWorld have 124 to 228 tokens of LLaVA's
 * tokenizer (longest to shortest 1.8; here 1.4), of which 14 % are of the classes that get no weight. In
 * NumberLine's short JSON 45 % are.
 */
const publishedSizes: CausalBenchmarkSizes = {
  utterances: 16,
  shortest: 110,
  longest: 150,
  zeroedShare: 0.14,
  epochs: 4,
  microBatch: 32,
  vocabulary: 32_000,
  hiddenSize: 128,
  layers: 3,
  heads: 4,
  feedForwardSize: 512,
};

/** Takes turns between the two, each in a process of its own, so that neither's memory is counted towards the other. */
export async function benchCausal({
  rounds = 2,
  sizes = {},
}: {
  rounds?: number;
  sizes?: Partial<CausalBenchmarkSizes>;
} = {}): Promise<CausalBenchmark> {
  const allSizes = { ...publishedSizes, ...sizes };
  const [ours, published] = [startSide("ours", allSizes), startSide("published", allSizes)];
  const pairs: Record<Workload, (readonly [Iteration, Iteration])[]> = { published: [], plain: [] };
  try {
    for (let round = 0; round < rounds; round += 1) {
      for (const workload of ["published", "plain"] as const) {
        pairs[workload].push([await ours.iterate(workload), await published.iterate(workload)]);
      }
    }
  } finally {
    await Promise.all([ours.stop(), published.stop()]);
  }
  const [first] = pairs.published;
  if (first === undefined) throw new RangeError("expected at least one round");
  const perScoring = (workload: Workload, side: 0 | 1): number =>
    median(pairs[workload].flatMap((pair) => pair[side].secondsEach));
  const perIteration = (side: 0 | 1): number => median(pairs.published.map((pair) => pair[side].seconds));
  const [seconds, publishedSeconds] = [perScoring("published", 0), perScoring("published", 1)];
  const [{ extraBytes }, { extraBytes: publishedExtraBytes }] = first;
  const compared = [...pairs.published, ...pairs.plain];
  return {
    timeRatio: seconds / publishedSeconds,
    memoryRatio: extraBytes / publishedExtraBytes,
    maxAbsDiff: Math.max(...compared.map(([one, other]) => largestDifference(one.changes, other.changes))),
    epochsTimeRatio: perIteration(0) / perIteration(1),
    plainTimeRatio: perScoring("plain", 0) / perScoring("plain", 1),
    seconds,
    publishedSeconds,
    extraBytes,
    publishedExtraBytes,
    largestEffect: Math.max(...compared.flatMap(([, { changes }]) => changes)),
    n: compared.reduce((total, [{ changes }]) => total + changes.length, 0),
  };
}

type Side = "ours" | "published";
type Workload = "published" | "plain";

const iterationSchema = z
  .object({
    seconds_each: z.array(z.number().positive()).min(1),
    seconds: z.number().positive(),
    extra_bytes: z.number().min(0),
    changes: z.array(z.number().min(0).max(1)).min(1),
  })
  .transform(({ seconds_each, extra_bytes, ...rest }) => ({
    ...rest,
    secondsEach: seconds_each,
    extraBytes: extra_bytes,
  }));

type Iteration = z.output<typeof iterationSchema>;

function startSide(
  side: Side,
  sizes: CausalBenchmarkSizes,
): { iterate(workload: Workload): Promise<Iteration>; stop(): Promise<void> } {
  const process = startPythonProcess("bench.causal", [side, JSON.stringify(snakeCased({ ...sizes }))]);
  return {
    iterate: async (workload) => iterationSchema.parse(await process.ask(workload)),
    stop: () => process.stop(),
  };
}

function largestDifference(changes: readonly number[], others: readonly number[]): number {
  if (changes.length !== others.length) {
    throw new CosoError(`The two sides scored ${changes.length} and ${others.length} tokens`);
  }
  return changes.reduce((largest, change, index) => Math.max(largest, Math.abs(change - (others[index] ?? 0))), 0);
}
