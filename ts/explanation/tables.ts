import { basename } from "node:path";
import { type Cell, intervalCell, MISSING, numberCell, toldCell } from "../report/cell.ts";
import { decimal, percent, whole } from "../report/format.ts";
import type { Table } from "../report/tables.ts";
import type { Estimate } from "./agreement-estimates.ts";
import type { RunExplanation } from "./explain-run.ts";
import { CRITICAL, type WeightSpread } from "./weight-spread.ts";

const number = (title: string) => ({ title, isNumber: true });
const runColumns = [{ title: "Run" }, { title: "Environment" }];
const runCells = ({ run, environment }: RunExplanation): string[] => [basename(run), environment];

/** The tables of what has something to tell, in the order of the questions. */
export function explanationTables(runs: readonly RunExplanation[]): Table[] {
  return [spreadTable(runs), agreementTable(runs), predictionTable(runs)].filter(({ rows }) => rows.length > 0);
}

/** How the run's own weights are called. */
export function weightsName({ weights }: RunExplanation): string {
  if (weights.kind === "none") return "none";
  if (weights.method === "policy") return "policy";
  return weights.method === "paper" ? "SCM" : `SCM, ${weights.method}`;
}

function spreadTable(runs: readonly RunExplanation[]): Table {
  const row = (run: RunExplanation, name: string, spread: WeightSpread) => [
    ...runCells(run),
    name,
    numberCell(spread.tokens, whole),
    numberCell(spread.shareUnder02, percent),
    numberCell(spread.shareCritical, percent),
    numberCell(spread.mean, thousandths),
  ];
  return {
    caption: "Causal weights over tokens",
    columns: [
      ...runColumns,
      { title: "Weights" },
      number("Tokens"),
      number("Under 0.2"),
      number(`Above ${CRITICAL}`),
      number("Mean"),
    ],
    rows: [
      ...runs.flatMap((run) => [
        ...(run.weights.kind === "weighed" ? [row(run, weightsName(run), run.weights.spread)] : []),
        row(run, "exact", run.exact.spread),
      ]),
      ["paper", "its own", "SCM", MISSING, toldCell("> 80 %", 0.8), toldCell("< 10 %", 0.1), MISSING],
    ],
  };
}

function agreementTable(runs: readonly RunExplanation[]): Table {
  return {
    caption: "Weights against exact effects, with 95 % intervals bootstrapped over utterances",
    columns: [
      ...runColumns,
      { title: "Over" },
      number("n"),
      number("With effect"),
      number("ROC-AUC"),
      number("95 % interval"),
      number("Rank correlation"),
      number("95 % interval"),
      number("Recall"),
      number("Precision"),
    ],
    rows: runs.flatMap((run) => {
      if (run.weights.kind === "none") return [];
      const { tokens, positives, auc, rankCorrelation, recall, precision, perUtterance } = run.weights.agreement;
      return [
        [
          ...runCells(run),
          "tokens",
          numberCell(tokens, whole),
          numberCell(positives, whole),
          ...estimateCells(auc),
          ...estimateCells(rankCorrelation),
          numberCell(recall, percent),
          numberCell(precision, percent),
        ],
        [
          ...runCells(run),
          "utterances",
          numberCell(perUtterance.auc?.utterances ?? 0, whole),
          MISSING,
          ...estimateCells(perUtterance.auc),
          ...estimateCells(perUtterance.rankCorrelation),
          MISSING,
          MISSING,
        ],
      ];
    }),
  };
}

function predictionTable(runs: readonly RunExplanation[]): Table {
  return {
    caption: "What the SCM makes of utterances, against f^parse, with 95 % Wilson intervals",
    columns: [
      ...runColumns,
      number("Utterances"),
      number("No action"),
      number("Accuracy"),
      number("95 % interval"),
      number("Commonest outcome"),
      number("Calibration error"),
    ],
    rows: runs.flatMap((run) => {
      if (run.weights.kind === "none" || run.weights.prediction === null) return [];
      const { utterances, accuracy, interval, commonestShare, calibrationError } = run.weights.prediction;
      return [
        [
          ...runCells(run),
          numberCell(utterances, whole),
          numberCell(run.invalid, whole),
          numberCell(accuracy, percent),
          intervalCell(interval),
          numberCell(commonestShare, percent),
          numberCell(calibrationError, thousandths),
        ],
      ];
    }),
  };
}

/** Predictions by how sure the SCM was, bins without any left out. */
export function calibrationTable({ weights }: RunExplanation): Table | null {
  if (weights.kind === "none" || weights.prediction === null) return null;
  return {
    caption: "Confidence of the SCM, and how often it was right",
    columns: [{ title: "Confidence" }, number("Utterances"), number("Mean confidence"), number("Accuracy")],
    rows: weights.prediction.bins.flatMap(({ low, high, count, confidence, accuracy }) =>
      count === 0
        ? []
        : [
            [
              `${low.toFixed(1)}–${high.toFixed(1)}`,
              numberCell(count, whole),
              numberCell(confidence, percent),
              numberCell(accuracy, percent),
            ],
          ],
    ),
  };
}

function estimateCells(estimate: Estimate | null): [Cell, Cell] {
  return [
    numberCell(estimate?.value ?? null, decimal),
    intervalCell(estimate?.interval ?? null, ([low, high]) => `[${decimal(low)}, ${decimal(high)}]`),
  ];
}

function thousandths(value: number): string {
  return value.toFixed(3);
}
