import { basename } from "node:path";
import { type Cell, cellText, fractionCell, intervalCell, isStrong, MISSING, numberCell, toldCell } from "./cell.ts";
import { decimal, duration, percent, whole } from "./format.ts";
import { type Content, type Html, html } from "./html.ts";
import type { RecordedRun } from "./read-run.ts";
import type { StageEvaluation, Summary } from "./run-schema.ts";

/** A table, for any of the forms that a report comes in. */
export interface Table {
  caption: string;
  columns: readonly Column[];
  rows: readonly Row[];
  /** Rows that sum the others up, below a rule; they stay there however the others are sorted. */
  totals?: readonly Row[];
  /** What a reader has to know to read it right; stands below. */
  note?: string;
  /** Shown on a page only when asked for: a figure says the same. */
  isFolded?: boolean;
}

type Row = readonly Cell[];

/** A table of more rows would keep a reader from what comes after it. */
export const MOST_ROWS = 20;

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
}: Pick<StageEvaluation, "successes" | "episodes" | "rate" | "interval" | "faults">): Cell[] {
  const brokeDown = faults === 0 ? "" : `, ${faults} more broke down`;
  const counted = fractionCell(successes, episodes, `${successes}/${episodes}${brokeDown}`);
  return [counted, numberCell(rate, percent), intervalCell(interval)];
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
      numberCell(evaluation.validJson, percent),
      numberCell(evaluation.invalid, percent),
      numberCell(evaluation.meanReturn, decimal),
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
  readAgain: "reading utterances again",
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
  const row = (phase: string, seconds: number, share: number): Row => [
    phase,
    numberCell(seconds, (value) => value.toFixed(1)),
    numberCell(share, percent),
  ];
  return {
    caption: "Seconds by phase",
    columns: [{ title: "Phase" }, number("Seconds"), number("Share")],
    rows: phaseSeconds(summary).map(({ phase, seconds, share }) => row(phase, seconds, share)),
    ...(total !== undefined && { totals: [row("total", total, 1)] }),
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
      const head = [basename(directory), numberCell(config.experiment.seed)];
      if (outcome.kind === "unfinished") {
        const steps = numberCell(iterations.at(-1)?.envSteps ?? 0, whole);
        return [...head, MISSING, toldCell("unfinished", null), MISSING, MISSING, steps, MISSING];
      }
      const { summary } = outcome;
      const last = summary.stages.at(-1)?.sampled;
      return [
        ...head,
        last === undefined ? MISSING : fractionCell(last.successes, last.episodes),
        numberCell(summary.successRate, percent),
        intervalCell(summary.successInterval),
        numberCell(last?.validJson ?? null, percent),
        numberCell(summary.envSteps, whole),
        numberCell(summary.seconds.total ?? null, duration),
      ];
    }),
  };
}

export function tableMarkdown({ caption, columns, rows, totals = [], note }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  const text = (cell: Cell) => (isStrong(cell) ? `**${cellText(cell)}**` : cellText(cell));
  return [
    `**${caption}**`,
    "",
    line(columns.map(({ title }) => title)),
    line(columns.map(({ isNumber }) => (isNumber ? "--:" : ":--"))),
    ...[...rows, ...totals].map((cells) => line(cells.map(text))),
    "",
    ...(note === undefined ? [] : [note, ""]),
  ].join("\n");
}

/** Fewer rows need no sorting. */
const FEWEST_SORTED = 3;

/**
 * Scrolls sideways where the page is too narrow; the page's script sorts its rows. `bars` gives rows a bar of that share
 * in an extra column.
 */
export function tableHtml({ caption, columns, rows, totals = [], note }: Table, bars?: readonly number[]): Html {
  const kindOf = (column: number) => (columns[column]?.isNumber === true ? "number" : "text");
  const cell = (content: Cell, column: number): Content => {
    const text = isStrong(content) ? html`<strong>${cellText(content)}</strong>` : cellText(content);
    if (column === 0) return html`<th scope="row">${text}</th>`;
    return html`<td class="${kindOf(column)}"${sortValue(content)}>${text}</td>`;
  };
  const bar = (share: number | undefined): Content =>
    html`<td class="bar" aria-hidden="true">${share === undefined ? null : html`<span style="--share: ${share.toFixed(4)}"></span>`}</td>`;
  const line = (cells: Row, row: number): Html =>
    html`<tr>${cells.map(cell)}${bars === undefined ? null : bar(bars[row])}</tr>\n`;
  const sortable = rows.length < FEWEST_SORTED ? null : html` class="sortable"`;
  return html`<div class="table" role="region" aria-label="${caption}" tabindex="0">
<table${sortable}>
<caption><span>${caption}</span></caption>
<thead><tr>${columns.map(({ title }, column) => html`<th scope="col" class="${kindOf(column)}">${title}</th>`)}${bars === undefined ? null : html`<td aria-hidden="true"></td>`}</tr></thead>
<tbody>
${rows.map(line)}</tbody>${totals.length === 0 ? null : html`\n<tfoot>\n${totals.map((cells) => line(cells, rows.length))}</tfoot>`}
</table>
</div>${note === undefined ? null : html`\n<p class="note">${note}</p>`}`;
}

/** What a cell sorts by, where that is not its text; `data-value=""` is missing. */
function sortValue(cell: Cell): Content {
  if (typeof cell === "string") return cell === MISSING ? html` data-value=""` : null;
  return html` data-value="${cell.value === null ? "" : String(cell.value)}"`;
}
