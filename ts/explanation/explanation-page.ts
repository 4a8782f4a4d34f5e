import { basename } from "node:path";
import type { RgbImage } from "../environments/environment.ts";
import { encodePng } from "../png.ts";
import type { Figure } from "../report/figures/chart.ts";
import { decimal, percent, whole } from "../report/format.ts";
import { legend } from "../report/heat-map.ts";
import { type Content, type Html, html } from "../report/html.ts";
import { definitions, document, figureMarkup, section } from "../report/page/parts.ts";
import { tableHtml } from "../report/tables.ts";
import { comparedHeatMap } from "./compared-heat-map.ts";
import type { RunExplanation, WeighedUtterance } from "./explain-run.ts";
import { EXPLANATION_STYLE } from "./style.ts";
import { calibrationTable, explanationTables, weightsName } from "./tables.ts";

/** A run with what of it is shown. */
export interface ShownRun {
  explanation: RunExplanation;
  /** Those that heat maps are drawn of. */
  utterances: readonly WeighedUtterance[];
  figures: { raw: Figure; normalised: Figure };
  /** Of the heat maps as a picture, without its ending. */
  heatMaps: string;
}

/** The page of one or more explained runs. */
export function explanationPage(runs: readonly ShownRun[]): string {
  const explanations = runs.map(({ explanation }) => explanation);
  const names = explanations.map(({ run }) => basename(run)).join(", ");
  const [first] = explanations;
  return document(
    "Causal weights, held against f^parse",
    names,
    [
      first !== undefined && runs.length === 1 ? headline(first) : null,
      section("agreement", "How right are the weights?", [
        explanationTables(explanations).map((table) => tableHtml(table)),
        html`<p>Exact weights are f^parse itself, run on the utterance with one token replaced: the share of replacements that change the action. Recall is the share of tokens with an exact effect whose weight is above 0.5, precision the share of tokens above 0.5 that have one. The paper says that over 80 % of tokens lie in [0, 0.2) and that the tokens that matter are fewer than 10 %, without saying where those begin; here they begin above 0.5. The SCM is asked about what the policy says; <code>--temperature</code> above the run's own shows how it does on rarer actions and broken formats.</p>`,
      ]),
      runs.map(runSections),
      section("how", "How this was measured", explanations.map(facts)),
    ],
    {
      style: EXPLANATION_STYLE,
      files: [
        { name: "Markdown", path: "tables.md" },
        { name: "JSON", path: "explain.json" },
        { name: "every token", path: "utterances.jsonl" },
      ],
    },
  );
}

function headline(run: RunExplanation): Html {
  const { weights, exact } = run;
  const small = (text: string) => html` <small>${text}</small>`;
  if (weights.kind === "none") {
    return html`<p class="notice" role="status">Exact weights only: ${weights.reason}.</p>`;
  }
  const { agreement, prediction, spread } = weights;
  const { auc, rankCorrelation } = agreement;
  const interval = (of: typeof auc): string =>
    of?.interval == null ? "" : `[${decimal(of.interval[0])}, ${decimal(of.interval[1])}]`;
  return definitions("headline", [
    ["ROC-AUC against exact", html`${auc === null ? "–" : decimal(auc.value)}${small(interval(auc))}`],
    [
      "Rank correlation",
      html`${rankCorrelation === null ? "–" : decimal(rankCorrelation.value)}${small(interval(rankCorrelation))}`,
    ],
    [
      "Tokens under 0.2",
      html`${percent(spread.shareUnder02)}${small(`${percent(exact.spread.shareUnder02)} by exact weights`)}`,
    ],
    prediction === null
      ? ["Tokens", html`${whole(spread.tokens)}`]
      : [
          "Accuracy of the SCM",
          html`${percent(prediction.accuracy)}${small(`n = ${whole(prediction.utterances)} utterances`)}`,
        ],
  ]);
}

function runSections({ explanation, utterances, figures, heatMaps }: ShownRun, index: number): Content {
  const id = `run-${index + 1}`;
  const name = basename(explanation.run);
  const calibration = calibrationTable(explanation);
  const tokens = whole(explanation.exact.spread.tokens);
  return html`${section(`${id}-weights`, `Distribution of causal weights · ${name}`, [
    explanation.weights.kind === "none"
      ? html`<p class="notice" role="status">Exact weights only: ${explanation.weights.reason}.</p>`
      : null,
    figureMarkup(figures.raw, `Share of ${tokens} tokens by causal weight, as they are.`),
    figureMarkup(
      figures.normalised,
      "The same after normalising each utterance's weights to [0, 1] by its smallest and largest. Figure E.2 of the paper is normalised, too; the paper does not say how.",
    ),
    calibration === null ? null : tableHtml(calibration),
  ])}
${section(`${id}-utterances`, `Which tokens decide the action · ${name}`, [
  html`<p>The first utterances of each outcome in turn, rarer outcomes first. The stronger the shade of a token and the thicker its underline, the larger its weight; the strongest carry their number. <a href="figures/${heatMaps}.svg">SVG</a> <a href="figures/${heatMaps}.png">PNG</a></p>`,
  legend({ name: "causal weight", scale: 1 }),
  utterances.map((utterance) =>
    comparedHeatMap(utterance, weightsName(explanation), utterance.image && imageSource(utterance.image)),
  ),
])}`;
}

function facts(run: RunExplanation): Html {
  const { null: byNull, delete: byNothing, sampled } = run.exact.replacements;
  const replacements = [
    ...(byNull ? ["the null token's text"] : []),
    ...(byNothing ? ["nothing"] : []),
    ...(sampled > 0 ? [`${sampled} draws of the policy in its place`] : []),
  ];
  return definitions("facts", [
    ["Run", html`<code>${run.run}</code>, checkpoint ${run.checkpoint}`],
    ["Method", run.method],
    ["Weights", run.weights.kind === "none" ? `exact only: ${run.weights.reason}` : `${run.weights.method}, exact`],
    ["Environment", run.environment],
    [
      "Utterances",
      `${whole(run.utterances)} of ${whole(run.episodes)} fresh episodes, sampled at temperature ${run.temperature} with seed ${run.seed} from streams that training never draws from; ${whole(run.invalid)} parse to no action`,
    ],
    [
      "Replaced by",
      `${replacements.join(", ")}; ${run.exact.window} token${run.exact.window === 1 ? "" : "s"} at a time`,
    ],
  ]);
}

function imageSource(image: RgbImage): string {
  return `data:image/png;base64,${Buffer.from(encodePng(image)).toString("base64")}`;
}
