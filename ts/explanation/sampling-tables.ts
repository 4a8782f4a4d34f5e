import { basename } from "node:path";
import { decimal, percent, percentInterval, percentOr, whole } from "../report/format.ts";
import type { Table } from "../report/tables.ts";
import type { SampledRun } from "./sample-at-state.ts";

/** A row a run. */
export function samplingTable(runs: readonly SampledRun[]): Table {
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
      whole(statistics.samples),
      whole(statistics.distinctActions),
      percent(statistics.validShare),
      percentInterval(statistics.validInterval),
      percentOr(statistics.validJson),
      decimal(statistics.actionEntropy),
      decimal(statistics.utteranceEntropy),
      statistics.utteranceEntropyError === null ? "–" : decimal(statistics.utteranceEntropyError),
      decimal(statistics.logProb),
    ]),
  };
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
