import { costOf } from "../report/cost.ts";
import type { StageEvaluation } from "../report/run-schema.ts";
import type { Measure, Measured } from "./reproduction.ts";

/** Success of the reported policy, sampled. */
export const success: Measure = ({ run }) => {
  if (run.outcome.kind === "unfinished") return null;
  const last = run.outcome.summary.stages.at(-1);
  return last === undefined ? null : rateOf(last.sampled);
};

/** Success, sampled, after a stage that several methods share, such as SFT. */
export function successAt(stage: string): Measure {
  return ({ run }) => {
    const found = run.outcome.kind === "unfinished" ? undefined : run.outcome.summary.stages.find(named(stage));
    return found === undefined ? null : rateOf(found.sampled);
  };
}

/** The same of one kind of episode; `stage` null: of the reported policy. */
export function successOf(kind: string, stage: string | null = null): Measure {
  return ({ run }) => {
    if (run.outcome.kind === "unfinished") return null;
    const { stages } = run.outcome.summary;
    const found = stage === null ? stages.at(-1) : stages.find(named(stage));
    const ofKind = found?.sampled.byKind?.find((each) => each.kind === kind);
    return ofKind === undefined ? null : rateOf(ofKind);
  };
}

function named(stage: string): (each: { stage: string }) => boolean {
  return (each) => each.stage === stage;
}

function rateOf({ rate, episodes }: Pick<StageEvaluation, "rate" | "episodes">): Measured {
  return { value: rate, episodes };
}

type Cost = ReturnType<typeof costOf>[number];

/** What one run costs, as `coso report` takes it; of phases the median iteration. */
export function cost(of: (cost: Cost) => number | null): Measure {
  return ({ run }) => {
    const [found] = costOf([{ label: "", method: run.config.method, runs: [run] }]);
    const value = found === undefined ? null : of(found);
    return value === null ? null : { value, episodes: null };
  };
}

type Explained = Extract<NonNullable<Parameters<Measure>[0]["look"]>, { kind: "explain" }>["explanation"];
type Sampled = Extract<NonNullable<Parameters<Measure>[0]["look"]>, { kind: "sample" }>["sampled"];

/** Of the causal weights of a run's held-out utterances. */
export function explained(of: (explanation: Explained) => number | null): Measure {
  return ({ look }) => {
    const value = look?.kind === "explain" ? of(look.explanation) : null;
    return value === null ? null : { value, episodes: null };
  };
}

/** Of what a run's policy says in one state, again and again. */
export function sampled(of: (sampled: Sampled) => number): Measure {
  return ({ look }) => (look?.kind === "sample" ? { value: of(look.sampled), episodes: null } : null);
}
