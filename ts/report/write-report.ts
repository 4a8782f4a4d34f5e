import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { RunFolderError } from "../errors.ts";
import { RandomStreams } from "../random.ts";
import { compare } from "./comparison.ts";
import { comparisonSections } from "./comparison-sections.ts";
import { type Figure, renderFigure, standalone, WIDE } from "./figures/chart.ts";
import { rasterise } from "./figures/rasterise.ts";
import { csv, flatRows } from "./flat-rows.ts";
import { tablesLatex } from "./latex.ts";
import { comparisonPage } from "./page/comparison-page.ts";
import { runFigures, runPage } from "./page/run-page.ts";
import { promptingTable } from "./prompting.ts";
import { type RecordedRun, readRun } from "./read-run.ts";
import { groupRuns } from "./run-group.ts";
import { MOST_ROWS, runsOf, secondsOf, stagesOf, type Table, tableMarkdown } from "./tables.ts";
import { causalTokens, secondsTable, stageTable, tableText } from "./terminal.ts";

/** Paths of what was written. */
export interface WrittenReport {
  /** Opens from disk, without a network. */
  page: string;
  tables: { markdown: string; latex: string; csv: string; json: string };
  /** SVG and PNG files. */
  figures: string[];
  /** What the report says, for a terminal. */
  text: string;
  /** Run folders that have not finished, and why that is thought. */
  unfinished: { directory: string; reason: string }[];
}

interface Content {
  page: string;
  figures: readonly Figure[];
  tables: readonly Table[];
  text: string;
  json: object;
}

/** Bootstrap intervals draw from here: the same runs always give the same report. */
const BOOTSTRAP_SEED = 0;

/**
 * Writes a report of one run, or a comparison of several, into `outDirectory`, which is made.
 * @throws RunFolderError when there is no run, or a file of a run does not have the shape it should.
 */
export async function writeReport(runDirectories: readonly string[], outDirectory: string): Promise<WrittenReport> {
  const runs = await Promise.all(runDirectories.map(readRun));
  const [first, ...others] = runs;
  if (first === undefined) throw new RunFolderError("a report needs at least one run folder, got none");
  const content = others.length === 0 ? singleReport(first) : comparingReport(runs);

  await mkdir(join(outDirectory, "figures"), { recursive: true });
  const write = async (name: string, data: string | Buffer): Promise<string> => {
    const path = join(outDirectory, name);
    await writeFile(path, data);
    return path;
  };
  const figures: string[] = [];
  for (const figure of content.figures) {
    const svg = standalone(renderFigure(figure, WIDE), figure);
    figures.push(await write(`figures/${figure.id}.svg`, svg));
    figures.push(await write(`figures/${figure.id}.png`, rasterise(svg)));
  }
  return {
    tables: {
      markdown: await write("tables.md", content.tables.map(tableMarkdown).join("\n")),
      latex: await write("tables.tex", tablesLatex(content.tables)),
      csv: await write("tables.csv", csv(flatRows(runs))),
      json: await write("tables.json", `${JSON.stringify(content.json, null, 2)}\n`),
    },
    figures,
    text: content.text,
    page: await write("index.html", content.page),
    unfinished: runs.flatMap(({ directory, outcome }) =>
      outcome.kind === "unfinished" ? [{ directory, reason: outcome.reason }] : [],
    ),
  };
}

function singleReport(run: RecordedRun): Content {
  const figures = runFigures(run);
  const summary = run.outcome.kind === "finished" ? run.outcome.summary : null;
  const explained = run.explanations.length > 0 ? [causalTokens(run.explanations)] : [];
  const table = promptingTable([run]);
  const prompting = table === null ? [] : [table];
  const text =
    summary === null
      ? [tableText(runsOf([run]))]
      : [stageTable(summary), ...prompting.map(tableText), ...explained, secondsTable(summary)];
  return {
    page: runPage(run, figures),
    figures,
    text: text.join("\n\n"),
    tables: summary === null ? [runsOf([run])] : [stagesOf(summary), ...prompting, secondsOf(summary)],
    json: {
      stages: flatRows([run]),
      seconds: summary?.seconds ?? null,
      causalWeights: summary?.causalWeights ?? null,
      ...(summary?.prompting !== undefined && { prompting: summary.prompting }),
    },
  };
}

function comparingReport(runs: readonly RecordedRun[]): Content {
  const streams = new RandomStreams(BOOTSTRAP_SEED);
  const groups = groupRuns(runs);
  const comparison = compare(groups, streams);
  const sections = comparisonSections(groups, comparison, streams);
  const content = sections.flatMap((section) => section.content);
  const tables = content.flatMap((part) => ("figure" in part ? [] : [part]));
  return {
    page: comparisonPage(groups, sections),
    figures: content.flatMap((part) => ("figure" in part ? [part.figure] : [])),
    tables,
    text: tables
      .filter(({ isFolded, rows }) => isFolded !== true && rows.length <= MOST_ROWS)
      .map(tableText)
      .join("\n\n"),
    json: { ...comparison, stages: flatRows(runs) },
  };
}
