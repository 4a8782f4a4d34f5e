import { basename } from "node:path";
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
  const known = (value: number | null, format: (value: number) => string) => (value === null ? "–" : format(value));
  const titles = ["Answers", "Input tokens", "Output tokens", "Cost", "Cut off", "Withheld", "Requests sent"];
  return {
    caption: "Models behind an endpoint: answers that the results stand on, what they cost, requests that the run sent",
    columns: [{ title: "Run" }, { title: "Model" }, ...titles.map((title) => ({ title, isNumber: true }))],
    rows: rows.map(({ name, cost: { model, answers, sent, currency, cut, withheld } }) => [
      name,
      model,
      whole(answers.count),
      known(answers.inputTokens, whole),
      known(answers.outputTokens, whole),
      known(answers.cost, (amount) => money(amount, currency ?? "")),
      percent(cut),
      percent(withheld),
      whole(sent.requests),
    ]),
  };
}
