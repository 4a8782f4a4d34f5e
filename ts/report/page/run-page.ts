import { evaluations } from "../curve.ts";
import type { Figure } from "../figures/chart.ts";
import { learningCurve } from "../figures/learning-curve.ts";
import { stageBars } from "../figures/stage-bars.ts";
import { weightHistogram } from "../figures/weight-histogram.ts";
import { filmStrip } from "../film-strip.ts";
import { bytes, duration, percent, percentInterval, whole } from "../format.ts";
import { type Content, type Html, html } from "../html.ts";
import { promptingTable } from "../prompting.ts";
import type { RecordedRun } from "../read-run.ts";
import type { Summary } from "../run-schema.ts";
import { phaseSeconds, secondsOf, stagesOf, tableHtml } from "../tables.ts";
import { definitions, document, figureMarkup, imageUri, section, settings, utterances } from "./parts.ts";

/** The figures of one run's report, those that it has something to draw for. */
export function runFigures(run: RecordedRun): Figure[] {
  const curve = learningCurve(run);
  const figures = curve === null ? [] : [curve];
  if (run.outcome.kind === "unfinished") return figures;
  const { stages, causalWeights } = run.outcome.summary;
  figures.push(stageBars(stages));
  if (causalWeights !== null) figures.push(weightHistogram(causalWeights));
  return figures;
}

/** The page of one run. */
export function runPage(run: RecordedRun, figures: readonly Figure[]): string {
  const { experiment } = run.config;
  const figure = (id: string, caption: string): Content => {
    const found = figures.find((candidate) => candidate.id === id);
    return found === undefined ? null : figureMarkup(found, caption);
  };
  const { outcome } = run;
  const summary = outcome.kind === "finished" ? outcome.summary : null;
  const prompting = promptingTable([run]);
  const body: Content[] = [
    outcome.kind === "unfinished" ? html`<p class="notice" role="status">Unfinished: ${outcome.reason}.</p>` : null,
    summary && headline(summary),
    section("what", "What was run", facts(run)),
    summary &&
      section(
        "stages-heading",
        "Success by stage",
        html`${tableHtml(stagesOf(summary))}\n${figure("stages", "Success rates with 95 % Wilson intervals.")}`,
      ),
    prompting === null ? null : section("prompting", "What was asked", tableHtml(prompting)),
    run.iterations.length > 0
      ? section("learning", "Learning curve", figure("learning-curve", curveCaption(run)))
      : null,
    run.episodes.length > 0 ? section("episodes", "Episodes", episodes(run)) : null,
    run.explanations.length > 0 ? section("utterances", utterancesHeading(run), explained(run)) : null,
    summary?.causalWeights
      ? section(
          "weights",
          "Distribution of causal weights",
          figure(
            "causal-weights",
            `Causal weights of ${whole(summary.causalWeights.tokens)} tokens weighed in training, in bins of 0.05; counts on a logarithmic axis. Mean ${summary.causalWeights.mean.toFixed(3)}; ${percent(summary.causalWeights.shareAbove05)} lie above 0.5.`,
          ),
        )
      : null,
    summary && section("seconds", "Where the time went", seconds(summary)),
    section("settings", "Settings", settings(run)),
  ];
  const subtitle = `${run.config.method} on ${experiment.environment.id}, seed ${experiment.seed}`;
  return document(experiment.name, subtitle, body);
}

function headline(summary: Summary): Html {
  const last = summary.stages.at(-1);
  const { successRate, successInterval, episodes, envSteps } = summary;
  const small = (text: string) => html` <small>${text}</small>`;
  return definitions("headline", [
    [
      `Success, sampled, ${last?.stage ?? "last stage"}`,
      html`${percent(successRate)}${small(`${percentInterval(successInterval)}, n = ${episodes}`)}`,
    ],
    last?.sampled.validJson == null
      ? ["No action", html`${percent(last?.sampled.invalid ?? 0)}${small("of its utterances")}`]
      : ["Valid JSON", html`${percent(last.sampled.validJson)}${small("of its utterances")}`],
    summary.prompting === undefined
      ? ["Environment steps", html`${whole(envSteps)}${small("of online training")}`]
      : ["Answers", html`${whole(summary.prompting.answers.count)}${small("of the endpoint")}`],
    ["Time", html`${duration(summary.seconds.total ?? 0)}${small("set-up to evaluation")}`],
  ]);
}

function facts(run: RecordedRun): Html {
  const { experiment, revision, versions } = run.config;
  const summary = run.outcome.kind === "finished" ? run.outcome.summary : null;
  const entries: (readonly [string, Content])[] = [
    ["Experiment", experiment.name],
    ["Environment", experiment.environment.id],
    ["Method", run.config.method],
    ["Seed", experiment.seed],
    ...(isPrompting(run) ? [] : [["Iterations", String(run.iterations.length)] as const]),
    ["Code", revision === null ? "not from a git checkout" : html`<code>${revision}</code>`],
    [
      "Versions",
      Object.entries(versions)
        .map(([name, version]) => `${name} ${version}`)
        .join(", "),
    ],
  ];
  if (summary?.chosenIteration != null) {
    entries.splice(5, 0, ["Reported policy", `after iteration ${summary.chosenIteration}`]);
  }
  if (summary?.peakMemoryBytes != null) entries.push(["Peak memory", bytes(summary.peakMemoryBytes)]);
  return definitions("facts", entries);
}

function isPrompting({ outcome }: RecordedRun): boolean {
  return outcome.kind === "finished" && outcome.summary.prompting !== undefined;
}

function curveCaption(run: RecordedRun): string {
  const sentences = [
    `One point for each of ${run.iterations.length} iterations.`,
    "Training episodes are those that ended within the iteration, which favours short ones.",
  ];
  if (evaluations(run).length > 0) {
    sentences.push("Evaluations are whole episodes of their own, with 95 % Wilson intervals.");
  }
  return sentences.join(" ");
}

function episodes(run: RecordedRun): Html {
  const strips = run.episodes.map((episode) => filmStrip(episode, (name) => imageUri(run, name)));
  return html`<p>The latest episodes of each outcome: what the agent saw, and what it did there. Utterances show where the pointer rests on an action.</p>
${strips}`;
}

function utterancesHeading(run: RecordedRun): string {
  return isWeighted(run) ? "Which tokens decided the action" : "Utterances, token by token";
}

function isWeighted({ explanations }: RecordedRun): boolean {
  return explanations.some(({ tokens }) => tokens.some(({ weight }) => weight !== null));
}

function explained(run: RecordedRun): Html {
  const meaning = isWeighted(run)
    ? "The stronger the shade of a token and the thicker its underline, the more the action depends on it: its causal weight is how much the action's probability under the SCM changes when the token is nullified."
    : "This run kept no causal weights; the stronger the shade of a token and the thicker its underline, the less certain the policy was of it.";
  return html`<p>Utterances of the reported policy at fresh starts. ${meaning} The three strongest tokens carry their number. Blanks show as ␣ and ↵, and a token without text, as the one that ends an utterance, as ∅.</p>
${utterances(run)}`;
}

function seconds(summary: Summary): Html {
  const shares = phaseSeconds(summary).map(({ share }) => share);
  return tableHtml(secondsOf(summary), shares);
}
