import { successOf } from "../measures.ts";
import { PAPER } from "../paper.ts";
import type { Reproduction, Study } from "../reproduction.ts";
import { PERCENT } from "../units.ts";
import { labelled, runs, SMALL_ALFWORLD, TASK_COLUMNS, taskType } from "./sources.ts";
import { ALFWORLD_LANGUAGE, ALFWORLD_TINY } from "./studies.ts";

function cellOf(study: Study) {
  return (row: string, column: string) => runs(study, row === "CoSo" ? "CoSo" : "RL", successOf(taskType(column)));
}

export const tableC1: Reproduction = {
  id: "table-c1",
  title: "Table C.1: agents that are language models, on AlfredTWEnv",
  paper: PAPER["table-c1"],
  rows: [
    { id: "RL4VLM", title: "RL4VLM (LLM agent)" },
    { id: "CoSo", title: "CoSo (LLM agent)" },
  ],
  columns: [
    ...TASK_COLUMNS.map((id) => ({ id, title: id, group: "AlfredTWEnv", unit: PERCENT })),
    {
      id: "average",
      title: "Avg.",
      group: "AlfredTWEnv",
      unit: PERCENT,
      average: { of: TASK_COLUMNS, weights: "episodes" },
    },
  ],
  method: "CoSo",
  scales: {
    tiny: {
      subject: "a language model of 0.85 million parameters, trained from nothing on a CPU",
      environments: labelled(TASK_COLUMNS, SMALL_ALFWORLD),
      cell: cellOf(ALFWORLD_TINY),
      notes: [
        "The paper trains without SFT. A model of this size has to be taught the words first: these are the runs of Table 2's ALFWorld half.",
        "SmolLM2-135M, which has real weights, plays NumberLine in words, another task: experiments/llm/smollm2-methods.ts.",
      ],
    },
    paper: {
      subject: "Qwen2.5-7B-Instruct with LoRA, without SFT, on one card of 80 GB",
      environments: labelled(TASK_COLUMNS, { kind: "official", detail: "AlfredTWEnv with the official games" }),
      cell: cellOf(ALFWORLD_LANGUAGE),
      notes: [],
    },
  },
};
