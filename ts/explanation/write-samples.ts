import { basename } from "node:path";
import type { Observation } from "../environments/environment.ts";
import { type SamplePanel, samplePanels } from "../report/figures/sample-panels.ts";
import { tableMarkdown } from "../report/tables.ts";
import { outcomeText } from "./outcome.ts";
import { OutputFolder } from "./output-folder.ts";
import type { SampledRun } from "./sample-at-state.ts";
import { samplingPage } from "./sampling-page.ts";
import { samplingFacts, samplingTables } from "./sampling-tables.ts";

/** As many as the paper shows; the page has them all. */
const NUM_DRAWN = 10;
const DRAWING = "samples";

/** Writes page, picture, table and JSON; returns the paths, the page first. */
export async function writeSamples(
  runs: readonly SampledRun[],
  observation: Observation,
  directory: string,
): Promise<string[]> {
  const folder = await OutputFolder.at(directory);
  await folder.write("index.html", samplingPage(runs, observation, DRAWING));
  await folder.write("samples.json", `${JSON.stringify({ runs }, null, 2)}\n`);
  await folder.write("tables.md", samplingTables(runs).map(tableMarkdown).join("\n"));
  const title = `Repeated sampling at one state, ${runs[0]?.environment ?? ""}`;
  const { svg } = samplePanels({ id: DRAWING, title }, runs.map(panelOf));
  await folder.writeFigure(DRAWING, svg);
  return [...folder.written];
}

function panelOf(run: SampledRun): SamplePanel {
  const drawn = run.samples.slice(0, NUM_DRAWN);
  const rest = run.samples.length - drawn.length;
  return {
    heading: `${run.method} · ${basename(run.run)}`,
    facts: [...samplingFacts(run), ...(rest > 0 ? [["Shown here", `the first ${drawn.length} samples`] as const] : [])],
    samples: drawn.map(({ utterance, outcome, formatErrors }) => ({
      outcome: outcome.kind === "action" ? outcomeText(outcome) : "No action",
      formatErrors,
      utterance,
      span: outcome.kind === "action" ? outcome.span : null,
    })),
  };
}
