import type { SampledRun } from "../../explanation/sample-at-state.ts";
import { sampled } from "../measures.ts";
import { PAPER } from "../paper.ts";
import type { Measure, Reproduction, Study } from "../reproduction.ts";
import { COUNT, SHARE } from "../units.ts";
import { labelled, PHONE, runs, TINY_SUBJECT } from "./sources.ts";
import { PHONE_TINY, phones } from "./studies.ts";

/** Types of action that lead out of a dead end. */
const RECOVERY = ["PRESS_BACK", "PRESS_HOME"];

const MEASURES: Readonly<Record<string, Measure>> = {
  distinct: sampled(({ statistics }) => statistics.distinctActions),
  recovery: sampled((run) => shareOf(run, (label) => RECOVERY.includes(label))),
  invalid: sampled(({ statistics }) => 1 - statistics.validShare),
};

function shareOf({ samples }: SampledRun, isMeant: (label: string) => boolean): number {
  const meant = samples.filter(({ outcome }) => outcome.kind === "action" && isMeant(outcome.labels[0] ?? ""));
  return meant.length / samples.length;
}

const METHODS: Readonly<Record<string, string>> = { RL: "DigiRL", "RL + H": "DigiRL+H", CoSo: "CoSo" };
const COLUMNS = Object.keys(MEASURES);
const SAMPLES = 200;

function cellOf(study: Study) {
  return (row: string, column: string) => runs(study, METHODS[row] ?? "CoSo", MEASURES[column] ?? (() => null));
}

export const figure3: Reproduction = {
  id: "figure3",
  title: "Figure 3, below: repeated sampling in a dead end",
  paper: PAPER.figure3,
  rows: Object.keys(METHODS).map((id) => ({ id, title: id })),
  columns: [
    { id: "distinct", title: `Distinct actions of ${SAMPLES}`, unit: COUNT },
    { id: "recovery", title: "Back or Home, %", unit: SHARE },
    { id: "invalid", title: "No action, %", unit: SHARE },
  ],
  method: "CoSo",
  look: { kind: "sample", stateFile: "experiments/phone/dead-end.json", samples: SAMPLES },
  scales: {
    tiny: {
      subject: TINY_SUBJECT,
      environments: labelled(COLUMNS, { ...PHONE, detail: `${PHONE.detail}; a share sheet that nobody needs` }),
      cell: cellOf(PHONE_TINY),
      notes: ["The figure's upper half, causal weights of an utterance, is figure-e1's AitW column."],
    },
    paper: {
      subject: "AutoUI-Base on Android emulators",
      environments: labelled(COLUMNS, { kind: "official", detail: "an Android emulator" }),
      cell: () => ({
        kind: "not run",
        reason: `an emulator's state cannot be set from a file; sample at the end of an episode of ${phones("general").file} by hand`,
      }),
      notes: [],
    },
  },
};
