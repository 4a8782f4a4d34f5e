import { basename } from "node:path";
import type { Observation } from "../environments/environment.ts";
import { encodePng } from "../png.ts";
import { type Content, type Html, html } from "../report/html.ts";
import { definitions, document, section } from "../report/page/parts.ts";
import { tableHtml } from "../report/tables.ts";
import { visibleText } from "../report/visible-text.ts";
import { outcomeText } from "./outcome.ts";
import type { SampledRun } from "./sample-at-state.ts";
import type { Sample } from "./sample-statistics.ts";
import { samplingFacts, samplingTables } from "./sampling-tables.ts";
import { EXPLANATION_STYLE } from "./style.ts";

/** What several policies say at one state, side by side (Figure 3 below and Figures F.1–F.3 of the paper). */
export function samplingPage(runs: readonly SampledRun[], observation: Observation, drawing: string): string {
  const environments = [...new Set(runs.map(({ environment }) => environment))].join(", ");
  const methods = [...new Set(runs.map(({ method }) => method))].join(", ");
  return document(
    "Repeated sampling at one state",
    `${methods} on ${environments}`,
    [
      section("state", "The state", stateOf(observation)),
      section("figures", "How the policies explore", [
        ...samplingTables(runs).map((table) => tableHtml(table)),
        html`<p>The action's entropy is the plug-in estimate from observed shares, utterances without an action being one outcome: it is biased downwards and cannot exceed log n, so that more samples tell more. The utterance's is the mean of its tokens' summed entropies (Eq. 2), ± its standard error.</p>`,
      ]),
      section("samples", "What they said", [
        html`<p>What f^parse reads the action from is marked; a broken format has a double bar and its reason. <a href="figures/${drawing}.svg">SVG</a> <a href="figures/${drawing}.png">PNG</a></p>`,
        html`<div class="runs">${runs.map(samplesOf)}</div>`,
      ]),
    ],
    {
      style: EXPLANATION_STYLE,
      files: [
        { name: "Markdown", path: "tables.md" },
        { name: "JSON", path: "samples.json" },
      ],
    },
  );
}

function stateOf({ prompt, image }: Observation): Content {
  const source = image && `data:image/png;base64,${Buffer.from(encodePng(image)).toString("base64")}`;
  return html`${source === undefined ? null : html`<p><img class="state" src="${source}" alt="The observation"></p>`}
<p class="prompt">${prompt}</p>`;
}

function samplesOf(run: SampledRun): Html {
  return html`<article>
<h3>${run.method} · ${basename(run.run)}</h3>
${definitions("facts", samplingFacts(run))}
<ol class="samples">${run.samples.map(sampleMarkup)}</ol>
</article>
`;
}

function sampleMarkup({ utterance, outcome, formatErrors }: Sample, index: number): Html {
  const [start, end] = outcome.kind === "action" ? outcome.span : [0, 0];
  const deciding = utterance.slice(start, end);
  const isBroken = formatErrors.length > 0;
  const told = outcome.kind === "action" ? outcomeText(outcome) : "No action";
  const verdict = isBroken
    ? html`<strong>${index + 1}. ✗ ${told} · ${formatErrors.join(" · ")}</strong>`
    : html`${index + 1}. ${told}`;
  return html`<li${isBroken ? html` class="broken"` : null}><p class="outcome">${verdict}</p>
<p class="said">${visible(utterance.slice(0, start))}${deciding === "" ? null : html`<mark>${visible(deciding)}</mark>`}${visible(utterance.slice(end))}</p></li>
`;
}

/** As {@link visibleText}, but for the sign of an empty token: here nothing is nothing. */
function visible(text: string): string {
  return text === "" ? "" : visibleText(text);
}
