import { type Comparison, differencesTable, groupsTable } from "../comparison.ts";
import { costTable } from "../cost.ts";
import type { Figure } from "../figures/chart.ts";
import { holdingTable } from "../holding.ts";
import { type Content, html } from "../html.ts";
import { promptingTable } from "../prompting.ts";
import type { RunGroup } from "../run-group.ts";
import { stageMeansTable } from "../stage-means.ts";
import { runsOf, tableHtml } from "../tables.ts";
import { definitions, document, figureMarkup, section, settings, utterances } from "./parts.ts";

/** Enough to see how the methods differ; each run's own report shows all. */
const UTTERANCES_PER_GROUP = 2;

/** The page of several runs. */
export function comparisonPage(
  groups: readonly RunGroup[],
  comparison: Comparison,
  figures: readonly Figure[],
): string {
  const runs = groups.flatMap((group) => group.runs);
  const environments = [...new Set(runs.map(({ config }) => config.experiment.environment.id))];
  const revisions = [...new Set(runs.map(({ config }) => config.revision ?? "not from a git checkout"))];
  const explained = groups.flatMap(({ label, runs: members }) => {
    const run = members.find(({ explanations }) => explanations.length > 0);
    return run === undefined ? [] : [{ label, run }];
  });
  const prompting = promptingTable(runs);
  const stages = stageMeansTable(groups);
  const captions: Readonly<Record<string, string>> = {
    "learning-curve":
      "Success of training episodes: means over seeds, to the iteration that all seeds reached; bands are 95 % bootstrap intervals of the mean.",
    "valid-json": "Share of utterances that are one valid JSON object, likewise.",
  };
  const body: Content[] = [
    section("results", "Results", [
      html`<p>Intervals are bootstrapped over seeds; that of a single run is Wilson's, over its episodes. IQM is the mean of the middle half of the seeds.</p>`,
      tableHtml(groupsTable(comparison.groups)),
      stages === null ? null : tableHtml(stages),
      comparison.differences.length > 0
        ? html`${tableHtml(differencesTable(comparison.differences))}
<p>Pairs share their seed. P(improvement) is the probability that a run of the first kind does better than one of the second, a tie counting half.</p>`
        : null,
      comparison.holding.length > 0
        ? html`${tableHtml(holdingTable(comparison.holding))}
<p>By evaluations while training, whose episodes are never those that are reported. Held: no later evaluation, up to three times the steps that it took, fell more than 5 points below; an evaluation of 100 episodes is itself uncertain by about as much.</p>`
        : null,
    ]),
    figures.length > 0
      ? section(
          "learning",
          "Learning curves",
          figures.map((figure) => figureMarkup(figure, captions[figure.id] ?? figure.title)),
        )
      : null,
    comparison.cost.length > 0
      ? section("cost", "Cost", [
          tableHtml(costTable(comparison.cost)),
          html`<p>H<sup>B</sup>: causal weights and the updates of the SCM. Seconds are medians over iterations; iterations are compared as if all had rolled out alike.</p>`,
        ])
      : null,
    section("runs", "Every run", [tableHtml(runsOf(runs)), prompting === null ? null : tableHtml(prompting)]),
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
    section("settings", "Settings", [
      definitions("facts", [
        ["Code", html`<code>${revisions.join(", ")}</code>`],
        ["Environment", environments.join(", ")],
      ]),
      groups.map(({ label, runs: [first] }) =>
        first === undefined ? null : html`<h3>${label}</h3>${settings(first)}`,
      ),
    ]),
  ];
  const names = [...new Set(runs.map(({ config }) => config.experiment.name))];
  const methods = [...new Set(groups.map(({ method }) => method))].join(", ");
  const [name = "", ...otherNames] = names;
  return document(
    otherNames.length === 0 ? name : `Comparison of ${names.length} experiments`,
    `${methods} on ${environments.join(", ")}, ${runs.length} runs`,
    body,
  );
}
