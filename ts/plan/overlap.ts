import { hasEngineApart } from "../config/engine.ts";
import type { Experiment } from "../config.ts";
import { runsAhead } from "../training/run-ahead.ts";
import { weighsAsPlayed } from "../training/weigh-as-played.ts";
import { lesser, NOTHING, plus, type Range, times } from "./range.ts";

/** What an engine in a process of its own makes possible: that it speaks while the policy does something else. */
export interface Overlap {
  /** `ahead`: the next rollout while the policy learns (`rollout.staleness`); `as-played`: weighing or reading again. */
  readonly kind: "none" | "as-played" | "ahead";
  /** Whether the engine has a card of its own; where both share one, nothing is counted as saved. */
  readonly isPromised: boolean;
  /** Iterations in which it happens. */
  readonly iterations: number;
  /** Seconds saved in one of those, and in the whole run. */
  readonly iteration: Range;
  readonly run: Range;
}

export type IterationSeconds = Readonly<
  Record<"rollout" | "readAgain" | "handOver" | "weigh" | "fitScm" | "update", Range>
>;

const NONE: Overlap = { kind: "none", isPromised: false, iterations: 0, iteration: NOTHING, run: NOTHING };

/** @param seconds of one iteration, each phase by itself */
export function overlapOf(experiment: Experiment, hasOwnCard: boolean, seconds: IterationSeconds): Overlap {
  if (!hasEngineApart(experiment) || experiment.iterations === 0) return NONE;
  const { kind, iterations, hidden } =
    experiment.rollout.staleness > 0 ? ahead(experiment, seconds) : asPlayed(experiment, seconds);
  if (iterations === 0 || hidden.high === 0) return NONE;
  const iteration = hasOwnCard ? lesser(seconds.rollout, hidden) : NOTHING;
  return { kind, isPromised: hasOwnCard, iterations, iteration, run: times(iteration, iterations) };
}

type Hidden = Pick<Overlap, "kind" | "iterations"> & { readonly hidden: Range };

function ahead(experiment: Experiment, { readAgain, weigh, fitScm, update }: IterationSeconds): Hidden {
  const { signal } = new AbortController();
  const iterations = Array.from({ length: experiment.iterations }, (_, iteration) => iteration).filter((iteration) =>
    runsAhead({ experiment, signal }, iteration),
  ).length;
  return { kind: "ahead", iterations, hidden: [weigh, fitScm, update].reduce(plus, readAgain) };
}

/** What is said last in a rollout has nothing behind which it could be read or weighed. */
function asPlayed(experiment: Experiment, { readAgain, weigh }: IterationSeconds): Hidden {
  const { rollout, iterations } = experiment;
  const requests = rollout.groups * rollout.stepsPerEnvironment;
  const read = rollout.groups > 1 ? readAgain : NOTHING;
  const weighed = weighsAsPlayed(experiment) ? weigh : NOTHING;
  return { kind: "as-played", iterations, hidden: times(plus(read, weighed), (requests - 1) / requests) };
}
