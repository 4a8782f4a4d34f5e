import { cost } from "../measures.ts";
import { PAPER } from "../paper.ts";
import type { Measure, Reproduction, Study } from "../reproduction.ts";
import { MEMORY, PARAMETERS, TIME, type Unit } from "../units.ts";
import { CARDS, LLAVA_SUBJECT, labelled, notRun, runs, TINY_SUBJECT } from "./sources.ts";
import { COST_TINY, cards7b } from "./studies.ts";

interface Part {
  readonly title: string;
  readonly group: string;
  readonly unit: Unit;
  /** Null: what we measure does not tell. */
  readonly measure: Measure | null;
}

const PARTS: Readonly<Record<string, Part>> = {
  "parameters-vlm": part(
    "VLM",
    "Parameters",
    PARAMETERS,
    cost(({ parameters }) => parameters.policy),
  ),
  "parameters-scm": part(
    "SCM",
    "Parameters",
    PARAMETERS,
    cost(({ parameters }) => parameters.scm || null),
  ),
  "parameters-total": part(
    "Total",
    "Parameters",
    PARAMETERS,
    cost(({ parameters }) => parameters.policy + parameters.scm),
  ),
  "memory-vlm": part("VLM", "Memory", MEMORY, null),
  "memory-scm": part("SCM", "Memory", MEMORY, null),
  "memory-total": part(
    "Total",
    "Memory",
    MEMORY,
    cost(({ peakMemory: { rollout, update, causal } }) => Math.max(rollout, update, causal ?? 0)),
  ),
  "time-rollout": part(
    "Rollout",
    "Time",
    TIME,
    cost(({ seconds }) => seconds.rollout),
  ),
  "time-update": part(
    "Update",
    "Time",
    TIME,
    cost(({ seconds }) => seconds.update),
  ),
  "time-causal": part(
    "H^B",
    "Time",
    TIME,
    cost(({ seconds }) => seconds.causal),
  ),
  "time-total": part(
    "Total",
    "Time",
    TIME,
    cost(({ seconds: { rollout, update, causal } }) => rollout + update + (causal ?? 0)),
  ),
};

function part(title: string, group: string, unit: Unit, measure: Measure | null): Part {
  return { title, group, unit, measure };
}

const METHODS: Readonly<Record<string, string>> = { RL: "RL", "RL + Entropy": "RL+H", CoSo: "CoSo" };

function cellOf(study: Study) {
  return (row: string, column: string) => {
    const { measure, group } = PARTS[column] ?? { measure: null, group: "" };
    if (measure === null)
      return notRun("peaks are measured by phase, not by part; npx coso doctor --plan has the parts");
    const isOfScm = column === "parameters-scm" || column === "time-causal";
    if (isOfScm && row !== "CoSo") return notRun(`has no SCM and so no ${group.toLowerCase()} of it`);
    return runs(study, METHODS[row] ?? "CoSo", measure);
  };
}

const COLUMNS = Object.keys(PARTS);

export const tableD1: Reproduction = {
  id: "table-d1",
  title: "Table D.1: parameters, memory and time on NumberLine",
  paper: PAPER["table-d1"],
  rows: Object.keys(METHODS).map((id) => ({ id, title: id })),
  columns: Object.entries(PARTS).map(([id, { title, group, unit }]) => ({ id, title, group, unit })),
  method: "CoSo",
  scales: {
    tiny: {
      subject: `${TINY_SUBJECT}; eight iterations a run, one run at a time`,
      environments: labelled(COLUMNS, CARDS),
      cell: cellOf(COST_TINY),
      notes: [
        "Time: seconds of the median iteration, where the paper has GPU hours of a whole run. Use --jobs 1, and leave the machine alone.",
        "Memory: the highest of any phase. Parameters of the VLM: with its value head.",
        "An SCM weighs more beside a policy of this size than beside 7.96B. npx coso report shows the ratio with equal rollouts.",
      ],
    },
    paper: {
      subject: LLAVA_SUBJECT,
      environments: labelled(COLUMNS, CARDS),
      cell: cellOf(cards7b("numberline")),
      notes: ["Time: seconds of the median iteration, where the paper has GPU hours of a whole run."],
    },
  },
};
