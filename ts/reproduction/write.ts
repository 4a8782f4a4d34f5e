import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { RandomStreams } from "../random.ts";
import { type Figure, renderFigure, standalone, WIDE } from "../report/figures/chart.ts";
import { comparedCurves } from "../report/figures/compared-curves.ts";
import { rasterise } from "../report/figures/rasterise.ts";
import { tableMarkdown } from "../report/tables.ts";
import { writeJson } from "../runs/atomic-write.ts";
import type { Collected } from "./collect.ts";
import { cellsCsv, flatCells } from "./flat-cells.ts";
import { markdownLayout } from "./layout.ts";

/** Paths of what was written. */
export interface WrittenReproduction {
  readonly markdown: string;
  readonly csv: string;
  readonly json: string;
  /** SVG and PNG files. */
  readonly figures: readonly string[];
  /** Pages of single runs. */
  readonly pages: readonly string[];
}

/** Writes a reproduction as Markdown, CSV and JSON, and its curves; what is there is written over. */
export async function writeReproduction(collected: Collected, directory: string): Promise<WrittenReproduction> {
  await mkdir(directory, { recursive: true });
  const paths = {
    markdown: join(directory, "table.md"),
    csv: join(directory, "cells.csv"),
    json: join(directory, "cells.json"),
  };
  const cells = flatCells(collected);
  const { reproduction, scale, differences, revisions, pages } = collected;
  await writeFile(paths.markdown, markdownOf(collected));
  await writeFile(paths.csv, cellsCsv(cells));
  writeJson(paths.json, {
    id: reproduction.id,
    scale,
    subject: reproduction.scales[scale].subject,
    source: reproduction.paper.source,
    cells: cells.map((cell) => ({ ...cell, values: valuesOf(collected, cell) })),
    differences,
    revisions,
  });
  return { ...paths, figures: await writeCurves(collected, directory), pages };
}

function markdownOf(collected: Collected): string {
  const { caption, tables, differences, notes } = markdownLayout(collected);
  return [
    ...tables.map(tableMarkdown),
    caption,
    "",
    ...notes.map((note) => `- ${note}`),
    "",
    ...(differences === null ? [] : [tableMarkdown(differences)]),
  ].join("\n");
}

function valuesOf({ cells }: Collected, { row, column }: { row: string; column: string }) {
  const cell = cells.get(`${row}\n${column}`);
  return cell === undefined || cell.state === "not run" ? [] : cell.values;
}

async function writeCurves({ reproduction, curves }: Collected, directory: string): Promise<string[]> {
  const written: string[] = [];
  const streams = new RandomStreams(0);
  for (const [column, byRow] of curves) {
    const groups = [...byRow].map(([row, runs]) => ({
      label: reproduction.rows.find(({ id }) => id === row)?.title ?? row,
      method: row,
      runs,
    }));
    const drawn = comparedCurves(groups, "success", streams);
    if (drawn === null) continue;
    const figure: Figure = { ...drawn, id: `${reproduction.id}-${column}`, title: `${reproduction.title}, ${column}` };
    const svg = standalone(renderFigure(figure, WIDE), figure);
    for (const [ending, data] of [
      ["svg", svg],
      ["png", rasterise(svg)],
    ] as const) {
      const path = join(directory, `${figure.id}.${ending}`);
      await writeFile(path, data);
      written.push(path);
    }
  }
  return written;
}
