import { basename } from "node:path";
import { fractionCell, intervalCell, numberCell } from "../report/cell.ts";
import { decimal, percent, percentInterval, percentOr, whole } from "../report/format.ts";
import { wilsonInterval } from "../report/statistics.ts";
import type { Table } from "../report/tables.ts";
import type { Outcome } from "./outcome.ts";
import type { SampledRun } from "./sample-at-state.ts";

const NO_ACTION = "no action";

/** How the policies explore, and what they said. */
export function samplingTables(runs: readonly SampledRun[]): [figures: Table, outcomes: Table] {
  return [figuresTable(runs), outcomesTable(runs)];
}

/** A row a run. */
function figuresTable(runs: readonly SampledRun[]): Table {
  const number = (title: string) => ({ title, isNumber: true });
  return {
    caption: "Repeated sampling at one state; entropies in nats, of the action by the plug-in estimator",
    columns: [
      { title: "Run" },
      { title: "Method" },
      number("Samples"),
      number("Distinct actions"),
      number("Valid"),
      number("95 % interval"),
      number("Valid JSON"),
      number("Entropy of action"),
      number("of utterance"),
      number("Standard error"),
      number("Log-prob"),
    ],
    rows: runs.map(({ run, method, statistics }) => [
      basename(run),
      method,
      numberCell(statistics.samples, whole),
      numberCell(statistics.distinctActions, whole),
      numberCell(statistics.validShare, percent),
      intervalCell(statistics.validInterval),
      numberCell(statistics.validJson, percent),
      numberCell(statistics.actionEntropy, decimal),
      numberCell(statistics.utteranceEntropy, decimal),
      numberCell(statistics.utteranceEntropyError, decimal),
      numberCell(statistics.logProb, decimal),
    ]),
  };
}

/** How often each run said what, by the labels of its actions' factors; the commonest first. */
function outcomesTable(runs: readonly SampledRun[]): Table {
  const number = (title: string) => ({ title, isNumber: true });
  return {
    caption: "What was said, with 95 % Wilson intervals",
    columns: [
      { title: "Run" },
      { title: "Method" },
      { title: "Action" },
      number("n/N"),
      number("Share"),
      number("95 %"),
    ],
    rows: runs.flatMap(({ run, method, samples }) =>
      commonest(samples.map(({ outcome }) => outcome)).map(([name, count]) => [
        basename(run),
        method,
        name,
        fractionCell(count, samples.length),
        numberCell(count / samples.length, percent),
        intervalCell(wilsonInterval(count, samples.length)),
      ]),
    ),
  };
}

function commonest(outcomes: readonly Outcome[]): [name: string, count: number][] {
  const counts = new Map<string, number>();
  for (const outcome of outcomes) {
    const name = outcome.kind === "action" ? outcome.labels.join(" ") : NO_ACTION;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].sort(([, one], [, other]) => other - one);
}

/** What stands at the head of a run's samples. */
export function samplingFacts({ statistics }: SampledRun): [name: string, value: string][] {
  const { utteranceEntropyError: error } = statistics;
  return [
    ["Distinct actions", `${whole(statistics.distinctActions)} in ${whole(statistics.samples)} samples`],
    ["Parse to an action", `${percent(statistics.validShare)} ${percentInterval(statistics.validInterval)}`],
    ["Valid JSON", percentOr(statistics.validJson)],
    ["Entropy of the action", `${decimal(statistics.actionEntropy)} nats`],
    [
      "Entropy of utterance",
      `${decimal(statistics.utteranceEntropy)}${error === null ? "" : ` ± ${decimal(error)}`} nats`,
    ],
    ["Mean log-prob", decimal(statistics.logProb)],
  ];
}
