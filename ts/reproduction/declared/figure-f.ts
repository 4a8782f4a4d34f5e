import { sampled } from "../measures.ts";
import { PAPER } from "../paper.ts";
import type { Measure, Reproduction, Study } from "../reproduction.ts";
import { COUNT, SHARE } from "../units.ts";
import { LLAVA_SUBJECT, labelled, runs, SMALL_ALFWORLD } from "./sources.ts";
import { ALFWORLD_THOR, ALFWORLD_TINY } from "./studies.ts";

const MEASURES: Readonly<Record<string, Measure>> = {
  distinct: sampled(({ statistics }) => statistics.distinctActions),
  valid: sampled(({ statistics }) => statistics.validShare),
};
const METHODS: Readonly<Record<string, string>> = { RL: "RL", "RL + H": "RL+H", CoSo: "CoSo" };
const COLUMNS = Object.keys(MEASURES);
/** As many as the paper prints. */
const SAMPLES = 10;

function cellOf(study: Study) {
  return (row: string, column: string) => {
    const method = METHODS[row] ?? row;
    if (study.methods !== undefined && study.methods[method] === undefined) {
      return { kind: "not run", reason: `${study.file} has no ${method} among its methods` } as const;
    }
    return runs(study, method, MEASURES[column] ?? (() => null));
  };
}

export const figureF: Reproduction = {
  id: "figure-f",
  title: "Figures F.1 to F.3: ten samples of one state of ALFWorld",
  paper: PAPER["figure-f"],
  rows: Object.keys(METHODS).map((id) => ({ id, title: id })),
  columns: [
    { id: "distinct", title: `Distinct commands of ${SAMPLES}`, unit: COUNT },
    { id: "valid", title: "Admissible, %", unit: SHARE },
  ],
  method: "CoSo",
  look: { kind: "sample", stateFile: "experiments/alfworld/first-step.json", samples: SAMPLES },
  scales: {
    tiny: {
      subject: "a language model of 0.85 million parameters, trained from nothing on a CPU",
      environments: labelled(COLUMNS, SMALL_ALFWORLD),
      cell: cellOf(ALFWORLD_TINY),
      notes: [
        "The state is the first of an episode, where the paper's is in the middle of one. The pages below print the utterances.",
      ],
    },
    paper: {
      subject: LLAVA_SUBJECT,
      environments: labelled(COLUMNS, { kind: "official", detail: "AI2-THOR with the official games" }),
      cell: cellOf(ALFWORLD_THOR),
      notes: [],
    },
  },
};
