import type { Outcome, RunState } from "../../api.ts";

const STATE_MEANS: Record<RunState, string> = {
  running: "a process is training it",
  finished: "it ended, and its summary is there",
  unfinished: "nobody works on it; coso train … --resume goes on",
  stale: "a process claims to train it, but has written nothing for long",
};

export function StateBadge({ state }: { state: RunState }) {
  return (
    <span class={`badge state-${state}`} title={STATE_MEANS[state]}>
      {state}
    </span>
  );
}

const OUTCOME_MEANS: Record<Outcome, string> = {
  success: "success",
  failure: "failure",
  truncated: "cut off",
  fault: "broke down",
};

export function OutcomeBadge({ outcome }: { outcome: Outcome }) {
  return <span class={`badge outcome-${outcome}`}>{OUTCOME_MEANS[outcome]}</span>;
}

export function outcomeName(outcome: Outcome): string {
  return OUTCOME_MEANS[outcome];
}
