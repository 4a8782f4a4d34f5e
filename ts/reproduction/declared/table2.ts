import { success, successAt, successOf } from "../measures.ts";
import { PAPER } from "../paper.ts";
import type { Measure, Ours, Reproduction, Source, Study } from "../reproduction.ts";
import { PERCENT } from "../units.ts";
import { ON_TABLE_2 } from "./prompting.ts";
import {
  CARDS,
  LLAVA_SUBJECT,
  labelled,
  notRun,
  prompted,
  runs,
  SMALL_ALFWORLD,
  TASK_COLUMNS,
  TINY_SUBJECT,
  taskType,
} from "./sources.ts";
import { ALFWORLD_THOR, ALFWORLD_TINY, CARD_GAMES, cards7b, cardsTiny, cnn } from "./studies.ts";

const GAMES = { NL: CARD_GAMES[0], EZP: CARD_GAMES[1], P24: CARD_GAMES[2], BJ: CARD_GAMES[3] } as const;
type GameColumn = keyof typeof GAMES;
const GAME_COLUMNS = Object.keys(GAMES) as GameColumn[];

const METHODS: Readonly<Record<string, string>> = { RL4VLM: "RL", CoSo: "CoSo" };
const STAGES: Readonly<Record<string, string>> = { "LLaVA-1.6": "before SFT", "LLaVA-1.6 + SFT": "after SFT" };

/** A row of a study that has SFT inside its runs: a method's end, or a stage that all methods share. */
function rowOf(study: Study, row: string, atEnd: Measure, at: (stage: string) => Measure): Source {
  const stage = STAGES[row];
  return stage === undefined ? runs(study, METHODS[row] ?? "CoSo", atEnd) : runs(study, ["CoSo", "RL"], at(stage));
}

function cardCell(row: string, column: GameColumn, study: (game: (typeof CARD_GAMES)[number]) => Study): Source {
  if (row === "CNN + RL") return runs(cnn(GAMES[column]), "CNN", success);
  return rowOf(study(GAMES[column]), row, success, successAt);
}

function isGame(column: string): column is GameColumn {
  return column in GAMES;
}

function isPrompted(row: string): boolean {
  return row === "Gemini-1.5 Pro" || row === "GPT-4V";
}

const PROMPTED = prompted("experiments/gym-cards/prompting-openai.ts");
const NO_CNN = notRun("no convolutional policy for ALFWorld: it writes no commands");

const tiny: Ours = {
  subject: TINY_SUBJECT,
  standsIn: {
    "LLaVA-1.6": "before SFT, which is fallback actions drawn by lot",
    "CNN + RL": "as in the paper, at full size",
    "LLaVA-1.6 + SFT": "after SFT on imperfect demonstrations",
    RL4VLM: "RL4VLM's algorithm",
  },
  environments: { ...labelled(GAME_COLUMNS, CARDS), ...labelled(TASK_COLUMNS, SMALL_ALFWORLD) },
  cell(row, column) {
    if (isPrompted(row)) return PROMPTED;
    if (isGame(column)) return cardCell(row, column, cardsTiny);
    if (row === "CNN + RL") return NO_CNN;
    const kind = taskType(column);
    return rowOf(ALFWORLD_TINY, row, successOf(kind), (stage) => successOf(kind, stage));
  },
  notes: ["α is 0.02 for CoSo, tuned for no game (experiments/paper/table2.ts has the protocol)."],
};

const paper: Ours = {
  subject: LLAVA_SUBJECT,
  environments: {
    ...labelled(GAME_COLUMNS, CARDS),
    ...labelled(TASK_COLUMNS, { kind: "official", detail: "AI2-THOR with the official games" }),
  },
  cell(row, column) {
    if (isPrompted(row)) return PROMPTED;
    if (isGame(column)) return cardCell(row, column, cards7b);
    if (row === "CNN + RL") return NO_CNN;
    if (row === "LLaVA-1.6") return notRun("the checkpoint before SFT is no part of experiments/alfworld/thor-7b.ts");
    const kind = taskType(column);
    const measure = (stage: string | null) => successOf(kind, stage);
    // SFT was done elsewhere: what the run begins with is what it left.
    if (row === "LLaVA-1.6 + SFT") return runs(ALFWORLD_THOR, "CoSo", measure("before CoSo"));
    return runs(ALFWORLD_THOR, METHODS[row] ?? "CoSo", measure(null));
  },
  notes: ["SFT inside the runs has settings of ours, since the paper gives none (experiments/gym-cards/README.md)."],
};

export const table2: Reproduction = {
  id: "table2",
  title: "Table 2: success on Gym Cards and ALFWorld",
  paper: PAPER.table2,
  rows: [
    ...["Gemini-1.5 Pro", "GPT-4V", "LLaVA-1.6"].map((id) => ({ id, title: id, group: "Prompting" })),
    ...["CNN + RL", "LLaVA-1.6 + SFT", "RL4VLM", "CoSo"].map((id) => ({ id, title: id, group: "Learning" })),
  ],
  columns: [
    ...GAME_COLUMNS.map((id) => ({ id, title: id, group: "Gym Cards", unit: PERCENT })),
    {
      id: "cards",
      title: "Avg.",
      group: "Gym Cards",
      unit: PERCENT,
      average: { of: GAME_COLUMNS, weights: "equal" },
    },
    ...TASK_COLUMNS.map((id) => ({ id, title: id, group: "ALFWorld", unit: PERCENT })),
    {
      id: "alfworld",
      title: "Avg.",
      group: "ALFWorld",
      unit: PERCENT,
      average: { of: TASK_COLUMNS, weights: "episodes" },
    },
  ],
  method: "CoSo",
  prompted: ON_TABLE_2,
  scales: { tiny, paper },
};
