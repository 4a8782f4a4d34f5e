import type { CaptionedFigure, ReportSection } from "../comparison-sections.ts";
import { experimentsOf, settingDifferences } from "../differing-settings.ts";
import { type Content, type Html, html } from "../html.ts";
import { commonName, type RunGroup } from "../run-group.ts";
import { MOST_ROWS, type Table, tableHtml } from "../tables.ts";
import { definitions, document, figureMarkup, section, settings, utterances } from "./parts.ts";

/** Enough to see how the methods differ; each run's own report shows all. */
const UTTERANCES_PER_GROUP = 2;

/** The page of several runs. */
export function comparisonPage(groups: readonly RunGroup[], sections: readonly ReportSection[]): string {
  const runs = groups.flatMap((group) => group.runs);
  const environments = [...new Set(runs.map(({ config }) => config.experiment.environment.id))];
  const explained = groups.flatMap(({ label, runs: members }) => {
    const run = members.find(({ explanations }) => explanations.length > 0);
    return run === undefined ? [] : [{ label, run }];
  });
  const body: Content[] = [
    sections.map(({ id, title, content }) => section(id, title, content.map(shown))),
    explained.length > 0
      ? section(
          "utterances",
          "Utterances",
          explained.map(
            ({ label, run }) =>
              html`<h3>${label}, seed ${run.config.experiment.seed}</h3>\n${utterances(run, UTTERANCES_PER_GROUP)}`,
          ),
        )
      : null,
    section("settings", "Settings", settingsOf(groups, environments)),
  ];
  const names = [...new Set(runs.map(({ config }) => commonName(config)))];
  const methods = [...new Set(groups.map(({ method }) => method))].join(", ");
  const [name = "", ...otherNames] = names;
  return document(
    otherNames.length === 0 ? name : `Comparison of ${names.length} experiments`,
    `${methods} on ${environments.join(", ")}, ${runs.length} runs`,
    body,
  );
}

function shown(content: Table | CaptionedFigure): Content {
  if ("figure" in content) return html`${figureMarkup(content.figure, content.caption)}\n`;
  const { caption, rows, isFolded } = content;
  if (isFolded === true) return folded(`As a table: ${caption}`, content);
  return rows.length > MOST_ROWS ? folded(`${caption}: ${rows.length} rows`, content) : tableHtml(content);
}

function folded(summary: string, table: Table): Html {
  return html`<details><summary>${summary}</summary>
${tableHtml(table)}
</details>
`;
}

function settingsOf(groups: readonly RunGroup[], environments: readonly string[]): Content {
  const runs = groups.flatMap((group) => group.runs);
  const revisions = [...new Set(runs.map(({ config }) => config.revision ?? "not from a git checkout"))];
  const { shared } = settingDifferences(experimentsOf(groups));
  const all: Table = {
    caption: "Settings that all groups share",
    columns: [{ title: "Setting" }, { title: "Value" }],
    rows: shared,
  };
  return [
    definitions("facts", [
      ["Code", html`<code>${revisions.join(", ")}</code>`],
      ["Environment", environments.join(", ")],
    ]),
    shared.length > 0 ? folded(`${shared.length} settings that all groups share`, all) : null,
    groups.map(({ label, runs: [first] }) => (first === undefined ? null : html`<h3>${label}</h3>${settings(first)}`)),
  ];
}
