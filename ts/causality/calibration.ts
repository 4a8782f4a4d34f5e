/** Whether a model is right as often as it says. */

export interface Prediction {
  /** Probability that the model gives its own answer, in [0, 1]. */
  readonly confidence: number;
  readonly isCorrect: boolean;
}

/** Predictions whose confidence lies in [low, high), 1 itself in the last. */
export interface ConfidenceBin {
  readonly low: number;
  readonly high: number;
  readonly count: number;
  /** Mean; null for an empty bin. */
  readonly confidence: number | null;
  /** Share of correct predictions; null for an empty bin. */
  readonly accuracy: number | null;
}

/** Equal bins of [0, 1], empty ones included. */
export function confidenceBins(predictions: readonly Prediction[], numBins = 10): ConfidenceBin[] {
  return Array.from({ length: numBins }, (_, bin) => {
    const members = predictions.filter(
      ({ confidence }) => Math.min(numBins - 1, Math.floor(confidence * numBins)) === bin,
    );
    const count = members.length;
    const share = (of: (member: Prediction) => number): number | null =>
      count === 0 ? null : members.reduce((sum, member) => sum + of(member), 0) / count;
    return {
      low: bin / numBins,
      high: (bin + 1) / numBins,
      count,
      confidence: share(({ confidence }) => confidence),
      accuracy: share(({ isCorrect }) => (isCorrect ? 1 : 0)),
    };
  });
}

/**
 * Expected calibration error: the gap between confidence and accuracy, averaged over bins by their size (Guo et al.
 * 2017, Eq. 3). 0 where confidence means what it says; null without predictions.
 */
export function calibrationError(bins: readonly ConfidenceBin[]): number | null {
  const total = bins.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return null;
  return bins.reduce(
    (sum, { count, confidence, accuracy }) => sum + (count / total) * Math.abs((confidence ?? 0) - (accuracy ?? 0)),
    0,
  );
}
