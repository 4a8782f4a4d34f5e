import { weightText } from "./format.ts";
import { type Content, type Html, html } from "./html.ts";
import type { ExplainedToken, Explanation } from "./run-schema.ts";
import { visibleText } from "./visible-text.ts";

/** So many of an utterance's strongest tokens show their number; the others do on pointing. */
const NUM_MARKED = 3;
/** From here on a token can be reached by the keyboard; below, tabbing through every token would help nobody. */
const FOCUSABLE_FROM = 0.05;
/** Of the largest measure; what is less would not be seen. */
const FAINTEST = 0.01;

/** What tokens are shaded by, and its largest value. */
export interface Measure<Token = ExplainedToken> {
  name: string;
  scale: number;
  of(token: Token): number;
}

/** Causal weights where the run has them; entropies otherwise, against the largest among `explanations`. */
export function measureOf(explanations: readonly Explanation[]): Measure {
  const tokens = explanations.flatMap((explanation) => explanation.tokens);
  if (tokens.some(({ weight }) => weight !== null)) {
    return { name: "causal weight", scale: 1, of: ({ weight }) => weight ?? 0 };
  }
  const largest = tokens.reduce((max, { entropy }) => Math.max(max, entropy), 0);
  return { name: "entropy in nats", scale: largest || 1, of: ({ entropy }) => entropy };
}

/**
 * An utterance with its tokens shaded by what `measure` says (Figure E.1 of the paper), beside the image it answers.
 * The underline's thickness says the same as the shade, and a table holds every number.
 * @param imageSource of an `img`, or null.
 */
export function heatMap(explanation: Explanation, measure: Measure, imageSource: string | null): Html {
  const { tokens, parse, action, prompt } = explanation;
  const verdict =
    parse === "action"
      ? html`Action <code>${visibleText(action)}</code>`
      : html`<strong>No action could be parsed</strong>`;
  return html`<article class="utterance">
${imageSource === null ? null : html`<img src="${imageSource}" alt="The observation that this utterance answers" width="150">`}
<div>
${shadedTokens(tokens, measure)}
<p class="verdict">${verdict}</p>
<details><summary>Prompt and all ${tokens.length} tokens</summary>
<p class="prompt">${prompt}</p>
${tokenTable(tokens)}
</details>
</div>
</article>`;
}

/** A paragraph of an utterance's tokens; the strongest, which are `marked`, carry their number. */
export function shadedTokens<Token extends { text: string }>(
  tokens: readonly Token[],
  measure: Measure<Token>,
  marked: ReadonlySet<Token> = new Set(strongest(tokens, measure, NUM_MARKED)),
): Html {
  return html`<p class="tokens">${tokens.map((token) => tokenMarkup(token, measure, marked.has(token)))}</p>`;
}

/** The `count` tokens of the largest measure, largest first; none that would read 0.00. */
export function strongest<Token>(tokens: readonly Token[], measure: Measure<Token>, count: number): Token[] {
  return tokens
    .filter((token) => measure.of(token) >= 0.005)
    .sort((a, b) => measure.of(b) - measure.of(a))
    .slice(0, count);
}

function tokenMarkup<Token extends { text: string }>(
  token: Token,
  measure: Measure<Token>,
  isMarked: boolean,
): Content {
  const value = measure.of(token);
  const strength = Math.min(1, value / measure.scale);
  const style = strength < FAINTEST ? null : html` style="--strength: ${strength.toFixed(3)}"`;
  const text = visibleText(token.text);
  const number = weightText(value);
  if (isMarked) {
    return html`<ruby class="token"${style}>${text}<rp>(</rp><rt>${number}</rt><rp>)</rp></ruby>`;
  }
  const kind = token.text.trim() === "" ? "token blank" : "token";
  const focus = strength >= FOCUSABLE_FROM ? html` tabindex="0"` : null;
  return html`<span class="${kind}"${style} data-value="${number}"${focus}>${text}</span>`;
}

function tokenTable(tokens: readonly ExplainedToken[]): Html {
  const number = (value: number | null, digits: number) =>
    html`<td class="number" data-value="${value ?? ""}">${value === null ? "–" : value.toFixed(digits)}</td>`;
  return html`<div class="table" role="region" aria-label="Tokens of the utterance" tabindex="0"><table class="sortable">
<thead><tr><th scope="col">Token</th><th scope="col" class="number">Weight</th><th scope="col" class="number">Entropy, nats</th><th scope="col" class="number">Log-prob</th></tr></thead>
<tbody>
${tokens.map(
  ({ text, weight, entropy, logProb }) =>
    html`<tr><th scope="row"><code>${visibleText(text)}</code></th>${number(weight, 4)}${number(entropy, 3)}${number(logProb, 3)}</tr>\n`,
)}</tbody></table></div>`;
}

/** What shade and underline mean. */
export function legend({ name, scale }: Pick<Measure, "name" | "scale">): Html {
  const steps = [0, 0.25, 0.5, 0.75, 1];
  return html`<p class="legend" aria-label="Shade and underline: ${name} from 0 to ${weightText(scale)}">${name} ${steps.map(
    (step) => html`<span class="token" style="--strength: ${step}">${weightText(step * scale)}</span> `,
  )}</p>`;
}
