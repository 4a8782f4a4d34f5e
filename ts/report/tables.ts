import { basename } from "node:path";
import { decimal, duration, percent, percentInterval, percentOr, whole } from "./format.ts";
import { type Content, type Html, html } from "./html.ts";
import type { RecordedRun } from "./read-run.ts";
import type { StageEvaluation, Summary } from "./run-schema.ts";

/** A table as text, for any of the forms that a report comes in. */
export interface Table {
  caption: string;
  columns: readonly Column[];
  rows: readonly (readonly string[])[];
}

interface Column {
  title: string;
  isNumber?: boolean;
}

const number = (title: string): Column => ({ title, isNumber: true });

/** n/N, rate and interval. */
export function successCells({
  successes,
  episodes,
  rate,
  interval,
  faults = 0,
}: Pick<StageEvaluation, "successes" | "episodes" | "rate" | "interval" | "faults">): string[] {
  const brokeDown = faults === 0 ? "" : `, ${faults} more broke down`;
  return [`${successes}/${episodes}${brokeDown}`, percent(rate), percentInterval(interval)];
}

/** What was played, for the end of a caption; nothing where the environment's name says it all. */
export function conditionsText(conditions: Readonly<Record<string, string>> = {}): string {
  const told = Object.entries(conditions).map(([name, value]) => `${name} ${value}`);
  return told.length === 0 ? "" : ` (${told.join(", ")})`;
}

/** Success after each stage of one run, sampled and greedy, and of each kind of episode by itself. */
export function stagesOf({ stages }: Pick<Summary, "stages">): Table {
  const rows = (stage: string, decoding: string, evaluation: StageEvaluation) => [
    [
      stage,
      decoding,
      ...successCells(evaluation),
      percentOr(evaluation.validJson),
      percent(evaluation.invalid),
      decimal(evaluation.meanReturn),
    ],
    ...(evaluation.byKind ?? []).map((kind) => [stage, `${decoding}, ${kind.kind}`, ...successCells(kind), "", "", ""]),
  ];
  return {
    caption: `Success after each stage, with 95 % Wilson intervals${conditionsText(stages.at(-1)?.sampled.conditions)}`,
    columns: [
      { title: "Stage" },
      { title: "Decoding" },
      number("n/N"),
      number("Success"),
      number("95 % interval"),
      number("Valid JSON"),
      number("No action"),
      number("Mean return"),
    ],
    rows: stages.flatMap(({ stage, sampled, greedy }) => [
      ...rows(stage, "sampled", sampled),
      ...(greedy === null ? [] : rows(stage, "greedy", greedy)),
    ]),
  };
}

/** Phases in the order of a run, with what none of them accounts for. */
export function phaseSeconds({
  seconds,
}: Pick<Summary, "seconds">): { phase: string; seconds: number; share: number }[] {
  const { total = 0, ...phases } = seconds;
  const accounted = Object.values(phases).reduce((sum, spent) => sum + spent, 0);
  const rest = Math.max(0, total - accounted);
  const whole = Math.max(total, accounted);
  return [...Object.entries(phases), ["other", rest] as const]
    .filter(([, spent]) => spent > 0)
    .map(([phase, spent]) => ({
      phase: PHASE_NAMES[phase] ?? phase,
      seconds: spent,
      share: whole === 0 ? 0 : spent / whole,
    }));
}

/** What the phases of Algorithm 1 do, in words. */
const PHASE_NAMES: Readonly<Record<string, string>> = {
  setup: "set-up",
  sft: "supervised fine-tuning",
  scm: "pre-training of the SCM",
  rollout: "rollouts",
  weigh: "causal weights",
  fitScm: "updates of the SCM",
  critics: "values and updates of the critics",
  recordTokens: "recording of tokens",
  updatePolicy: "updates of the policy",
  evaluate: "evaluation",
  other: "everything else",
};

export function secondsOf(summary: Pick<Summary, "seconds">): Table {
  const total = summary.seconds.total;
  return {
    caption: "Seconds by phase",
    columns: [{ title: "Phase" }, number("Seconds"), number("Share")],
    rows: [
      ...phaseSeconds(summary).map(({ phase, seconds, share }) => [phase, seconds.toFixed(1), percent(share)]),
      ...(total === undefined ? [] : [["total", total.toFixed(1), percent(1)]]),
    ],
  };
}

/** One row a run, finished or not. */
export function runsOf(runs: readonly RecordedRun[]): Table {
  return {
    caption: "Every run; success of the reported policy, sampled, with 95 % Wilson intervals",
    columns: [
      { title: "Run" },
      number("Seed"),
      number("n/N"),
      number("Success"),
      number("95 % interval"),
      number("Valid JSON"),
      number("Environment steps"),
      number("Time"),
    ],
    rows: runs.map(({ directory, config, iterations, outcome }) => {
      const head = [basename(directory), String(config.experiment.seed)];
      if (outcome.kind === "unfinished") {
        return [...head, "–", "unfinished", "–", "–", whole(iterations.at(-1)?.envSteps ?? 0), "–"];
      }
      const { summary } = outcome;
      const last = summary.stages.at(-1)?.sampled;
      return [
        ...head,
        last === undefined ? "–" : `${last.successes}/${last.episodes}`,
        percent(summary.successRate),
        percentInterval(summary.successInterval),
        percentOr(last?.validJson ?? null),
        whole(summary.envSteps),
        duration(summary.seconds.total ?? 0),
      ];
    }),
  };
}

export function tableMarkdown({ caption, columns, rows }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [
    `**${caption}**`,
    "",
    line(columns.map(({ title }) => title)),
    line(columns.map(({ isNumber }) => (isNumber ? "--:" : ":--"))),
    ...rows.map(line),
    "",
  ].join("\n");
}

/** Scrolls sideways where the page is too narrow; `bars` gives rows a bar of that share in an extra column. */
export function tableHtml({ caption, columns, rows }: Table, bars?: readonly number[]): Html {
  const cell = (text: string, index: number): Content => {
    const kind = columns[index]?.isNumber === true ? "number" : "text";
    return index === 0 ? html`<th scope="row">${text}</th>` : html`<td class="${kind}">${text}</td>`;
  };
  const bar = (share: number | undefined): Content =>
    html`<td class="bar" aria-hidden="true"><span style="--share: ${(share ?? 0).toFixed(4)}"></span></td>`;
  return html`<div class="table" role="region" aria-label="${caption}" tabindex="0">
<table>
<caption>${caption}</caption>
<thead><tr>${columns.map(({ title, isNumber }) => html`<th scope="col" class="${isNumber ? "number" : "text"}">${title}</th>`)}${bars === undefined ? null : html`<td aria-hidden="true"></td>`}</tr></thead>
<tbody>
${rows.map((cells, row) => html`<tr>${cells.map(cell)}${bars === undefined ? null : bar(bars[row])}</tr>\n`)}</tbody>
</table>
</div>`;
}
