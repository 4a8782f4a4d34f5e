import type { LoadedRun } from "../loaded-run.ts";
import type { Progress } from "../progress.ts";
import type { RandomStreams } from "../random.ts";
import { type ExactSettings, exactOf, weighSteps } from "../training/weigh.ts";
import type { Spoken } from "../trajectory.ts";

/** Tokens of utterances, and their weights by two methods: one element an utterance. */
export interface WeighedTwice {
  /** Text of each token; together they are the utterance. */
  readonly pieces: readonly string[][];
  readonly exact: readonly Float32Array[];
  /** By the run's own method; null where that was not asked for. */
  readonly own: readonly Float32Array[] | null;
}

interface WeighRequest {
  readonly exact: ExactSettings;
  /** Whether the run's own method is asked, too. */
  readonly withOwn: boolean;
  readonly streams: RandomStreams;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** Steps in one request, so that a person who asks to stop is heard. */
const batchSize = 64;

/** Weighs utterances that the worker keeps. */
export async function weighTwice(
  loaded: LoadedRun,
  utterances: readonly Spoken[],
  { exact: settings, withOwn, streams, progress, signal }: WeighRequest,
): Promise<WeighedTwice> {
  const weigher = { ...loaded, streams };
  const pieces: string[][] = [];
  const exact: Float32Array[] = [];
  const own: Float32Array[] = [];
  progress.begin("weigh tokens", utterances.length);
  for (let start = 0; start < utterances.length; start += batchSize) {
    signal.throwIfAborted();
    const batch = utterances.slice(start, start + batchSize);
    const read = await loaded.worker.call("readTokens", {
      stepIds: batch.map(({ id }) => id),
      alternatives: 0,
      temperature: loaded.experiment.sampling.temperature,
      seed: 0,
    });
    const lengths = read.pieces.map(({ length }) => length);
    pieces.push(...read.pieces);
    exact.push(...cut(await exactOf(weigher, batch, settings), lengths));
    if (withOwn) own.push(...cut((await weighSteps(weigher, batch)).weights, lengths));
    progress.update(start + batch.length);
  }
  progress.end();
  return { pieces, exact, own: withOwn ? own : null };
}

/** Consecutive stretches of `lengths`. */
function cut(weights: Float32Array, lengths: readonly number[]): Float32Array[] {
  let start = 0;
  return lengths.map((length) => {
    start += length;
    return weights.slice(start - length, start);
  });
}
