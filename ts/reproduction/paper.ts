/**
 * Every number that the paper's tables print, as it prints them, and what its text says of figures that print none.
 * Feng et al., "Towards Efficient Online Tuning of VLM Agents via Counterfactual Soft Reinforcement Learning", ICML 2025.
 */

/** Null: no number is printed. Text: a bound. A pair: "mean ± spread". */
export type PaperNumber = number | string | readonly [mean: number, spread: number] | null;

export interface PaperTable {
  /** Where in the paper. */
  readonly source: string;
  readonly columns: readonly string[];
  /** By method, a number a column. */
  readonly rows: Readonly<Record<string, readonly PaperNumber[]>>;
}

/** Success in %; "Avg." is the mean of the four. Which spread stands behind ± is not said. */
const table1 = {
  source: "Table 1, section 5.1; 3 seeds",
  columns: ["general-train", "general-test", "webshopping-train", "webshopping-test", "average"],
  rows: {
    "Gemini 1.5 Pro": [32.3, 16.7, 6.3, 11.5, 16.7],
    "GPT-4V": [5.2, 13.5, 3.1, 8.3, 7.5],
    "Gemini 1.5 Pro + AppAgent": [14.6, 16.7, 5.2, 8.3, 11.2],
    "GPT-4V + AppAgent": [13.5, 17.7, 12.5, 8.3, 13.0],
    CogAgent: [25.0, 25.0, 31.3, 38.5, 30.0],
    "AutoUI + SFT": [38.8, 37.6, 40.3, 41.5, 39.6],
    "Online Filtered BC": [[53.2, 7.6], [50.9, 8.2], [59.5, 7.7], [52.8, 6.8], 54.1],
    DigiRL: [[64.6, 7.8], [62.7, 5.3], [68.1, 9.5], [64.2, 6.1], 64.9],
    CoSo: [[72.9, 5.9], [71.3, 6.5], [77.0, 7.8], [70.5, 8.2], 72.9],
  },
} as const satisfies PaperTable;

/**
 * Success in %. Gym Cards' average weighs its games equally, ALFWorld's by how often each type of task occurred, which is
 * printed nowhere and was not the same in all rows.
 */
const table2 = {
  source: "Table 2, section 5.1; 3 seeds",
  columns: ["NL", "EZP", "P24", "BJ", "cards", "Pick", "Look", "Clean", "Heat", "Cool", "Pick2", "alfworld"],
  rows: {
    "Gemini-1.5 Pro": [82.5, 2.0, 0.0, 30.0, 28.6, 34.6, 16.7, 0.0, 0.0, 0.0, 12.0, 13.5],
    "GPT-4V": [65.5, 10.5, 0.0, 25.5, 25.4, 38.2, 12.1, 18.8, 6.7, 17.8, 14.6, 19.4],
    "LLaVA-1.6": [14.3, 2.2, 0.0, 21.5, 9.5, 16.7, 0.0, 0.0, 0.0, 0.0, 0.0, 5.0],
    "CNN + RL": [87.1, 0.0, 0.0, 38.8, 31.5, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
    "LLaVA-1.6 + SFT": [24.8, 23.0, 2.6, 23.1, 18.4, 39.2, 0.0, 14.4, 11.1, 0.0, 28.6, 17.7],
    RL4VLM: [88.4, 50.0, 2.5, 39.3, 45.1, 44.7, 13.8, 18.3, 15.8, 14.3, 16.8, 22.7],
    CoSo: [100.0, 50.0, 5.8, 41.5, 49.3, 42.5, 16.7, 21.4, 11.9, 22.1, 25.9, 26.5],
  },
} as const satisfies PaperTable;

/** Success in % on AlfredTWEnv, Qwen2.5-7B-Instruct; "Avg." as in Table 2's ALFWorld half. */
const tableC1 = {
  source: "Table C.1, appendix C",
  columns: ["Pick", "Look", "Clean", "Heat", "Cool", "Pick2", "average"],
  rows: {
    RL4VLM: [62.9, 38.5, 35.0, 33.3, 25.9, 11.1, 32.8],
    CoSo: [77.1, 24.2, 40.7, 37.5, 35.3, 7.0, 39.6],
  },
} as const satisfies PaperTable;

/** NumberLine, LLaVA-1.6-Mistral-7B: parameters in billions, GPU memory in GB, time in H100 GPU hours. */
const tableD1 = {
  source: "Table D.1, appendix D",
  columns: [
    "parameters-vlm",
    "parameters-scm",
    "parameters-total",
    "memory-vlm",
    "memory-scm",
    "memory-total",
    "time-rollout",
    "time-update",
    "time-causal",
    "time-total",
  ],
  rows: {
    RL: [7.96, null, 7.96, 37.0, null, 37.0, 10.4, 3.5, null, 13.9],
    "RL + Entropy": [7.96, null, 7.96, 37.0, null, 37.0, 10.4, 3.6, null, 14.0],
    CoSo: [7.96, 0.01, 7.97, 37.0, 0.7, 37.7, 10.4, 3.6, 0.5, 14.5],
  },
} as const satisfies PaperTable;

/** A picture and an account of it in words, without a count. */
const figure3 = {
  source: "Figure 3, section 5.2; drawn, without numbers",
  columns: ["distinct", "recovery", "invalid"],
  rows: { RL: [null, null, null], "RL + H": [null, null, null], CoSo: [null, null, null] },
} as const satisfies PaperTable;

/** Success in % over environment steps. Table 1 and Table 2 have where RL and CoSo end. */
const figure4 = {
  source: "Figure 4, section 5.3; curves, without numbers",
  columns: ["WebShopping", "NumberLine"],
  rows: { RL: [null, null], "RL + H": [null, null], CoSo: [null, null] },
} as const satisfies PaperTable;

const figureE1 = {
  source: "Figure E.1, appendix E; drawn, without numbers",
  columns: ["AitW", "Gym Cards", "ALFWorld"],
  rows: { CoSo: [null, null, null] },
} as const satisfies PaperTable;

/** Share of tokens in %, of weights normalised to [0, 1]. Where "key tokens" begin is not said. */
const figureE2 = {
  source: "Figure E.2, appendix E; bars without numbers, the bounds are those of the text",
  columns: ["AitW-low", "AitW-high", "Gym Cards-low", "Gym Cards-high", "ALFWorld-low", "ALFWorld-high"],
  rows: { CoSo: ["> 80", "< 10", "> 80", "< 10", "> 80", "< 10"] },
} as const satisfies PaperTable;

/**
 * Ten utterances a method in one state of ALFWorld. The figures print utterances; these are counts of ours over them:
 * different admissible commands, and utterances that end in one (CoSo's second names a command that was not admissible,
 * four of RL + H's break off before any).
 */
const figureF = {
  source: "Figures F.1 to F.3, appendix F; counted in the utterances that they print",
  columns: ["distinct", "valid"],
  rows: { RL: [2, 100], "RL + H": [5, 60], CoSo: [4, 90] },
} as const satisfies PaperTable;

export const PAPER = {
  table1,
  table2,
  "table-c1": tableC1,
  "table-d1": tableD1,
  figure3,
  figure4,
  "figure-e1": figureE1,
  "figure-e2": figureE2,
  "figure-f": figureF,
} as const satisfies Readonly<Record<string, PaperTable>>;

/** Names of what can be reproduced. */
export type ReproductionId = keyof typeof PAPER;

export function paperNumber({ columns, rows }: PaperTable, row: string, column: string): PaperNumber {
  return rows[row]?.[columns.indexOf(column)] ?? null;
}
