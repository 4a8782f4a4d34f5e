import { basename } from "node:path";
import { numberCell } from "./cell.ts";
import { money, percent, whole } from "./format.ts";
import type { RecordedRun } from "./read-run.ts";
import type { Table } from "./tables.ts";

/** What runs of `coso prompt` asked for and paid; null where there is none among `runs`. */
export function promptingTable(runs: readonly RecordedRun[]): Table | null {
  const rows = runs.flatMap(({ directory, outcome }) => {
    const cost = outcome.kind === "finished" ? outcome.summary.prompting : undefined;
    return cost === undefined ? [] : [{ name: basename(directory), cost }];
  });
  if (rows.length === 0) return null;
  const titles = ["Answers", "Input tokens", "Output tokens", "Cost", "Cut off", "Withheld", "Requests sent"];
  return {
    caption: "Models behind an endpoint: answers that the results stand on, what they cost, requests that the run sent",
    columns: [{ title: "Run" }, { title: "Model" }, ...titles.map((title) => ({ title, isNumber: true }))],
    rows: rows.map(({ name, cost: { model, answers, sent, currency, cut, withheld } }) => [
      name,
      model,
      numberCell(answers.count, whole),
      numberCell(answers.inputTokens, whole),
      numberCell(answers.outputTokens, whole),
      numberCell(answers.cost, (amount) => money(amount, currency ?? "")),
      numberCell(cut, percent),
      numberCell(withheld, percent),
      numberCell(sent.requests, whole),
    ]),
  };
}
