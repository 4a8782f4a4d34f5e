import { type Figure, renderFigure, standalone, WIDE } from "../report/figures/chart.ts";
import { tableMarkdown } from "../report/tables.ts";
import type { RunExplanation, WeighedUtterance } from "./explain-run.ts";
import { heatMapDrawing, spreadFigures } from "./explanation-figures.ts";
import { explanationPage } from "./explanation-page.ts";
import { OutputFolder } from "./output-folder.ts";
import { shownUtterances } from "./shown-utterances.ts";
import { calibrationTable, explanationTables } from "./tables.ts";

export interface ExplainedRun {
  explanation: RunExplanation;
  utterances: readonly WeighedUtterance[];
}

/** Enough to see what weights do, few enough to look at. */
const NUM_SHOWN = 6;

/** Writes page, figures, tables, JSON and every token's weights; returns the paths, the page first. */
export async function writeExplanation(runs: readonly ExplainedRun[], directory: string): Promise<string[]> {
  const folder = await OutputFolder.at(directory);
  const shown = runs.map(({ explanation, utterances }, index) => {
    const prefix = runs.length === 1 ? "" : `run-${index + 1}-`;
    const chosen = shownUtterances(utterances, NUM_SHOWN);
    return {
      explanation,
      utterances: chosen,
      figures: spreadFigures(explanation, prefix),
      drawing: heatMapDrawing(explanation, chosen, prefix),
    };
  });
  const explanations = runs.map(({ explanation }) => explanation);
  await folder.write("index.html", explanationPage(shown.map((run) => ({ ...run, heatMaps: run.drawing.id }))));
  await folder.write("explain.json", `${JSON.stringify({ runs: explanations }, null, 2)}\n`);
  const tables = [...explanationTables(explanations), ...explanations.flatMap((run) => calibrationTable(run) ?? [])];
  await folder.write("tables.md", tables.map(tableMarkdown).join("\n"));
  await folder.write("utterances.jsonl", runs.flatMap(utteranceLines).join(""));
  for (const { figures, drawing } of shown) {
    for (const figure of [figures.raw, figures.normalised]) await folder.writeFigure(figure.id, file(figure));
    await folder.writeFigure(drawing.id, drawing.svg);
  }
  return [...folder.written];
}

function file(figure: Figure): string {
  return standalone(renderFigure(figure, WIDE), figure);
}

function utteranceLines({ explanation, utterances }: ExplainedRun): string[] {
  return utterances.map(({ image: _, ...utterance }) => `${JSON.stringify({ run: explanation.run, ...utterance })}\n`);
}
