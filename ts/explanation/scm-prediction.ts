import { type ConfidenceBin, calibrationError, confidenceBins, type Prediction } from "../causality/calibration.ts";
import type { LoadedRun } from "../loaded-run.ts";
import { readFloat32, readInt32 } from "../protocol/tensor.ts";
import { type Interval, wilsonInterval } from "../report/statistics.ts";
import { actionKey, labelTensor } from "../training/factor-labels.ts";
import type { Spoken } from "../trajectory.ts";

/** How well φ tells what f^parse makes of utterances. */
export interface ScmPrediction {
  utterances: number;
  /** Share whose labels are all right. */
  accuracy: number;
  /** 95 % Wilson interval. */
  interval: Interval;
  /** What always naming the commonest outcome would reach. */
  commonestShare: number;
  /** Accuracy by factor. */
  factors: Readonly<Record<string, number>>;
  /** Expected calibration error over the bins. */
  calibrationError: number;
  bins: readonly ConfidenceBin[];
}

/** Utterances in one request, so that a person who asks to stop is heard. */
const batchSize = 64;

/** @param utterances At least one, kept by a worker that holds φ. */
export async function scmPrediction(
  { worker, spec }: LoadedRun,
  utterances: readonly Spoken[],
  signal: AbortSignal,
): Promise<ScmPrediction> {
  const numFactors = spec.factors.length;
  const predictions: Prediction[] = [];
  const correctByFactor = new Array<number>(numFactors).fill(0);
  for (let start = 0; start < utterances.length; start += batchSize) {
    const batch = utterances.slice(start, start + batchSize);
    const parses = batch.map(({ parse }) => parse);
    const labels = labelTensor(spec.factors, parses);
    const answer = await worker.call("predictActions", { stepIds: batch.map(({ id }) => id), labels }, { signal });
    const [parsed, predicted, confidences] = [
      readInt32(labels),
      readInt32(answer.predicted),
      readFloat32(answer.confidences),
    ];
    for (const n of batch.keys()) {
      const isRight = spec.factors.map((_, f) => predicted[n * numFactors + f] === parsed[n * numFactors + f]);
      for (const [f, right] of isRight.entries()) correctByFactor[f] = (correctByFactor[f] ?? 0) + (right ? 1 : 0);
      predictions.push({ confidence: confidences[n] ?? 0, isCorrect: isRight.every(Boolean) });
    }
  }
  const total = predictions.length;
  const correct = predictions.filter(({ isCorrect }) => isCorrect).length;
  const bins = confidenceBins(predictions);
  return {
    utterances: total,
    accuracy: correct / total,
    interval: wilsonInterval(correct, total),
    commonestShare: commonestShare(utterances),
    factors: Object.fromEntries(spec.factors.map(({ name }, f) => [name, (correctByFactor[f] ?? 0) / total])),
    calibrationError: calibrationError(bins) ?? 0,
    bins,
  };
}

function commonestShare(utterances: readonly Spoken[]): number {
  const counts = new Map<string, number>();
  for (const { parse } of utterances) counts.set(actionKey(parse), (counts.get(actionKey(parse)) ?? 0) + 1);
  return Math.max(...counts.values()) / utterances.length;
}
