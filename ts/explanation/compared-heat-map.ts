import { shadedTokens, strongest } from "../report/heat-map.ts";
import { type Content, type Html, html } from "../report/html.ts";
import { visibleText } from "../report/visible-text.ts";
import type { WeighedToken, WeighedUtterance } from "./explain-run.ts";
import { outcomeText } from "./outcome.ts";

/** Exact weights are often 1 for several tokens at once; numbers of next to nothing would stand in their way. */
const NUM_MARKED = 6;
const MARKED_FROM = 0.05;

/**
 * An utterance shaded by the run's own weights and, below, by exact ones (Figure E.1 of the paper).
 * @param ownName What the run's weights are called; they are left out where tokens have none.
 * @param imageSource of an `img`, or null.
 */
export function comparedHeatMap(
  { prompt, outcome, tokens }: WeighedUtterance,
  ownName: string,
  imageSource: string | null,
): Html {
  const hasOwn = tokens.some(({ weight }) => weight !== null);
  const shaded = (name: string, of: (token: WeighedToken) => number): Content => {
    const measure = { name, scale: 1, of };
    const marked = strongest(tokens, measure, NUM_MARKED).filter((token) => of(token) >= MARKED_FROM);
    return html`<p class="method">${name}</p>\n${shadedTokens(tokens, measure, new Set(marked))}`;
  };
  return html`<article class="utterance">
${imageSource === null ? null : html`<img src="${imageSource}" alt="The observation that this utterance answers" width="150">`}
<div>
${hasOwn ? shaded(ownName, ({ weight }) => weight ?? 0) : null}
${shaded("exact", ({ exact }) => exact)}
<p class="verdict">${outcomeText(outcome)}</p>
<details><summary>Prompt and all ${tokens.length} tokens</summary>
<p class="prompt">${prompt}</p>
<div class="table" role="region" aria-label="Tokens of the utterance" tabindex="0"><table class="sortable">
<thead><tr><th scope="col">Token</th>${hasOwn ? html`<th scope="col" class="number">${ownName}</th>` : null}<th scope="col" class="number">exact</th></tr></thead>
<tbody>
${tokens.map(
  ({ text, weight, exact }) =>
    html`<tr><th scope="row"><code>${visibleText(text)}</code></th>${hasOwn ? html`<td class="number" data-value="${weight ?? 0}">${(weight ?? 0).toFixed(4)}</td>` : null}<td class="number" data-value="${exact}">${exact.toFixed(2)}</td></tr>\n`,
)}</tbody></table></div>
</details>
</div>
</article>`;
}
