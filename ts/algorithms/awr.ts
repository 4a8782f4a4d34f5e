/**
 * Credit of advantage-weighted regression as DigiRL has it (Bai et al., 2024): which episodes are worth learning from, and
 * which of their steps. An episode of T steps has T + 1 states.
 */

/** R_t = r_t + γ R_{t+1} within one episode, 0 behind its end, however that came. */
export function monteCarloReturns(rewards: readonly number[], gamma: number): number[] {
  const returns = [...rewards];
  for (let step = returns.length - 2; step >= 0; step--) {
    returns[step] = (returns[step] ?? 0) + gamma * (returns[step + 1] ?? 0);
  }
  return returns;
}

/**
 * 1 for a step that improved on what was expected, else 0: whether `V(s_{t+1}) − V(s_t) − cost + r_t + R_t` is positive.
 * The reference clamps the sum to [0, 1] first, which no sign survives differently. What lies behind a terminated or
 * truncated episode is a state like any other, as there: its V is the critic's, which saw how such episodes end.
 *
 * @param values V of the T + 1 states, in [0, 1].
 */
export function stepAdvantages(
  rewards: readonly number[],
  { gamma, advantageCost, values }: { gamma: number; advantageCost: number; values: ArrayLike<number> },
): number[] {
  return monteCarloReturns(rewards, gamma).map((mcReturn, step) => {
    const progress = (values[step + 1] ?? 0) - (values[step] ?? 0);
    return progress - advantageCost + (rewards[step] ?? 0) + mcReturn > 0 ? 1 : 0;
  });
}

/** Interpolated linearly between neighbours. @throws RangeError without values. */
export function quantileOf(values: ArrayLike<number>, quantile: number): number {
  const sorted = Array.from(values).sort((a, b) => a - b);
  const place = quantile * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  if (low === undefined || high === undefined) throw new RangeError("no quantile of nothing");
  return low + (high - low) * (place - Math.floor(place));
}

/** Episodes whose score is at or above the quantile of all scores: every one of them where all are equal. */
export function bestEpisodes(
  scores: ArrayLike<number>,
  quantile: number,
): { readonly cutoff: number; readonly places: readonly number[] } {
  const cutoff = quantileOf(scores, quantile);
  return { cutoff, places: Array.from(scores).flatMap((score, place) => (score >= cutoff ? [place] : [])) };
}
