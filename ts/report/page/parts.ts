import { type Figure, NARROW, renderFigure, WIDE } from "../figures/chart.ts";
import { themed } from "../figures/colours.ts";
import { heatMap, legend, measureOf } from "../heat-map.ts";
import { type Content, type Html, html, trusted } from "../html.ts";
import type { RecordedRun } from "../read-run.ts";
import { sortingScript, sortingSource } from "./sorting.ts";
import { STYLE } from "./style.ts";

/** What single and comparing pages are put together from. */

/** What a page may have beyond a report's. */
export interface DocumentExtras {
  /** Rules after the common ones. */
  style?: string;
  /** Links to the same numbers in other forms. */
  files?: readonly { name: string; path: string }[];
}

const reportFiles = [
  { name: "Markdown", path: "tables.md" },
  { name: "LaTeX", path: "tables.tex" },
  { name: "CSV", path: "tables.csv" },
  { name: "JSON", path: "tables.json" },
];

/**
 * The whole document. Its policy forbids every request and every script but the one that sorts tables, so a page shows
 * the same on any machine.
 */
export function document(
  title: string,
  subtitle: string,
  body: Content,
  { style = "", files = reportFiles }: DocumentExtras = {},
): string {
  const links = files.map(({ name, path }, index) => html`${index === 0 ? "" : ", "}<a href="${path}">${name}</a>`);
  const policy = `default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src ${sortingSource}`;
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · CoSo report</title>
<style>${trusted(STYLE + style)}</style>
</head>
<body>
<header>
<h1>${title}</h1>
<p>${subtitle}</p>
</header>
<main>
${body}
</main>
<footer><p>Numbers of this page: ${links}. Intervals are 95 %.<span class="sorting-hint" hidden> A column's header sorts its table.</span></p></footer>
${sortingScript}
</body>
</html>
`.markup;
}

export function section(id: string, title: string, body: Content): Html {
  return html`<section aria-labelledby="${id}">
<h2 id="${id}">${title}</h2>
${body}
</section>
`;
}

export function definitions(kind: "facts" | "headline", entries: readonly (readonly [string, Content])[]): Html {
  const pair = ([term, content]: readonly [string, Content]) => {
    const both = html`<dt>${term}</dt><dd>${content}</dd>`;
    return kind === "headline" ? html`<div>${both}</div>` : both;
  };
  return html`<dl class="${kind}">${entries.map(pair)}</dl>`;
}

/** A chart at both widths, of which the style sheet shows one, and links to its files. */
export function figureMarkup(figure: Figure, caption: string): Html {
  const file = `figures/${figure.id}`;
  return html`<figure>
${[WIDE, NARROW].map((layout) => html`<div class="${layout.kind}">${trusted(themed(renderFigure(figure, layout)))}</div>\n`)}
<figcaption>${caption} <a href="${file}.svg">SVG</a> <a href="${file}.png">PNG</a></figcaption>
</figure>`;
}

/** A run's image as the page holds it; undefined where it is not there. */
export function imageUri({ images }: RecordedRun, name: string): string | undefined {
  const png = images.get(name);
  return png && `data:image/png;base64,${png.toString("base64")}`;
}

/** The first `count` explained utterances of a run. */
export function utterances(run: RecordedRun, count = run.explanations.length): Html {
  const { explanations } = run;
  const shown = explanations.slice(0, count);
  const measure = measureOf(explanations);
  const maps = shown.map((explanation) => {
    const uri = explanation.image === null ? undefined : imageUri(run, explanation.image);
    return heatMap(explanation, measure, uri ?? null);
  });
  return html`${legend(measure)}\n${maps}`;
}

/** The configuration as it was resolved, every default filled in. */
export function settings(run: RecordedRun): Html {
  return html`<details><summary>Configuration with every default</summary><pre>${JSON.stringify(run.config.experiment, null, 2)}</pre></details>`;
}
