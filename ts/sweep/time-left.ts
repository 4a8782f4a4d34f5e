import type { Trial } from "./definition.ts";
import type { TrialProgress } from "./trial-progress.ts";

export interface RunningTrial extends TrialProgress {
  readonly trial: Trial;
  /** Since it was started. */
  readonly seconds: number;
}

/**
 * Seconds until all is done, were every trial to take as long as those before it, or, where none has finished, as the running ones
 * are heading for; null where nothing can be told yet.
 */
export function secondsLeft({
  finished,
  running,
  waiting,
  slots,
}: {
  /** Seconds that finished trials took. */
  finished: readonly number[];
  running: readonly RunningTrial[];
  waiting: number;
  slots: number;
}): number | null {
  const known = finished.length > 0 ? finished : running.flatMap(headingFor);
  if (known.length === 0) return null;
  const usual = known.reduce((sum, seconds) => sum + seconds, 0) / known.length;
  const ofRunning = running.map((trial) => {
    const whole = headingFor(trial)[0] ?? usual;
    return Math.max(0, whole - trial.seconds);
  });
  const work = ofRunning.reduce((sum, seconds) => sum + seconds, 0) + waiting * usual;
  return Math.max(work / slots, ...ofRunning);
}

/** What the whole trial takes at its pace so far, once an iteration is over. */
function headingFor({ trial, iteration, seconds }: RunningTrial): number[] {
  if (iteration === null || iteration === 0) return [];
  return [(seconds / iteration) * trial.experiment.iterations];
}
