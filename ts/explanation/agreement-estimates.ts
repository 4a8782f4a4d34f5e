import { type Ranking, rankCorrelation, rankingOf, rocAuc } from "../causality/agreement.ts";
import type { RandomStream } from "../random.ts";
import { bootstrapInterval, type Interval, mean } from "../report/statistics.ts";
import { CRITICAL } from "./weight-spread.ts";

/** The weights of one utterance's tokens by two methods. */
export interface WeightPair {
  readonly weights: Float32Array;
  readonly exact: Float32Array;
}

export interface Estimate {
  value: number;
  /** 95 %, bootstrapped over utterances; null where a resample left the statistic undefined. */
  interval: Interval | null;
}

/** How weights order tokens against exact effects, a token having an effect where its exact weight is above 0. */
export interface Agreement {
  tokens: number;
  /** Tokens with an effect. */
  positives: number;
  /** Of those, the share whose weight is critical (above 0.5); null without any. */
  recall: number | null;
  /** Of tokens whose weight is critical, the share that has an effect; null without any. */
  precision: number | null;
  /** Over all tokens of all utterances; null where all or none have an effect. */
  auc: Estimate | null;
  /** Spearman's, over all tokens; null where one side is constant. */
  rankCorrelation: Estimate | null;
  /** Means over the utterances for which each is defined. */
  perUtterance: {
    auc: (Estimate & { utterances: number }) | null;
    rankCorrelation: (Estimate & { utterances: number }) | null;
  };
}

const resamples = 1000;

/** Tokens of one utterance depend on each other, so that utterances are what is drawn again. */
export function agreementOf(utterances: readonly WeightPair[], random: RandomStream): Agreement {
  const tokens = utterances.flatMap(({ weights, exact }, utterance) =>
    Array.from(weights, (weight, token) => ({ utterance, weight, exact: exact[token] ?? 0 })),
  );
  const weights = rankingOf(tokens.map(({ weight }) => weight));
  const exact = rankingOf(tokens.map((token) => token.exact));
  const hasEffect = tokens.map((token) => token.exact > 0);
  const estimate = (statistic: (counts?: ArrayLike<number>) => number | null): Estimate | null => {
    const value = statistic();
    if (value === null) return null;
    const interval = bootstrapInterval(
      [...utterances.keys()],
      random,
      (drawn) => {
        const times = new Float64Array(utterances.length);
        for (const utterance of drawn) times[utterance] = (times[utterance] ?? 0) + 1;
        return statistic(Float64Array.from(tokens, ({ utterance }) => times[utterance] ?? 0)) ?? Number.NaN;
      },
      resamples,
    );
    return { value, interval: interval.every(Number.isFinite) ? interval : null };
  };
  const positives = tokens.filter((token) => token.exact > 0);
  const critical = tokens.filter(({ weight }) => weight > CRITICAL);
  const numBoth = critical.filter((token) => token.exact > 0).length;
  return {
    tokens: tokens.length,
    positives: positives.length,
    recall: positives.length === 0 ? null : numBoth / positives.length,
    precision: critical.length === 0 ? null : numBoth / critical.length,
    auc: estimate((counts) => rocAuc(weights, hasEffect, counts)),
    rankCorrelation: estimate((counts) => rankCorrelation(weights, exact, counts)),
    perUtterance: {
      auc: meanOver(utterances, random, (ranked, effects) =>
        rocAuc(
          ranked,
          Array.from(effects, (effect) => effect > 0),
        ),
      ),
      rankCorrelation: meanOver(utterances, random, (ranked, effects) => rankCorrelation(ranked, rankingOf(effects))),
    },
  };
}

function meanOver(
  utterances: readonly WeightPair[],
  random: RandomStream,
  statistic: (weights: Ranking, exact: Float32Array) => number | null,
): (Estimate & { utterances: number }) | null {
  const values = utterances.flatMap(({ weights, exact }) => statistic(rankingOf(weights), exact) ?? []);
  if (values.length === 0) return null;
  return {
    value: mean(values),
    interval: bootstrapInterval(values, random, mean, resamples),
    utterances: values.length,
  };
}
