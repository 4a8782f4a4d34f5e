import { customProperties, DARK, LIGHT } from "../figures/colours.ts";

/** The page's style sheet. Colours are those of the figures, so that charts and text turn dark together. */
export const STYLE = `
:root { color-scheme: light dark; ${customProperties(LIGHT)} --shade: 72%; }
:root {
  --sans: -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "Liberation Sans", Arial, sans-serif;
  --mono: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
@media (prefers-color-scheme: dark) { :root { ${customProperties(DARK)} --shade: 56%; } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.55 var(--sans);
}
header, main, footer { max-width: 752px; margin-inline: auto; padding-inline: 16px; }
header { padding-block: 48px 8px; }
h1 { margin: 0; font-size: 1.75rem; line-height: 1.2; font-weight: 650; letter-spacing: -0.012em; overflow-wrap: anywhere; }
header p { margin: 6px 0 0; color: var(--muted); }
section { margin-block: 44px 0; }
h2 { margin: 0 0 4px; font-size: 1.2rem; line-height: 1.3; font-weight: 650; }
h3 { margin: 24px 0 4px; font-size: 1rem; font-weight: 650; overflow-wrap: anywhere; }
p { margin: 8px 0; max-width: 68ch; }
a { color: var(--blue); text-underline-offset: 2px; }
code, pre, .tokens { font-family: var(--mono); }
code { font-size: 0.92em; overflow-wrap: anywhere; }
:focus-visible { outline: 2px solid var(--blue); outline-offset: 2px; border-radius: 2px; }

.notice { border-inline-start: 3px solid var(--orange); padding: 4px 0 4px 14px; margin-block: 20px; }
.headline { display: grid; grid-template-columns: repeat(auto-fit, minmax(155px, 1fr)); gap: 18px 24px; margin: 28px 0 0; }
.headline div { border-block-start: 1px solid var(--rule); padding-block-start: 8px; }
.headline dt { color: var(--muted); font-size: 0.85rem; }
.headline dd { margin: 0; font-size: 1.5rem; line-height: 1.3; font-weight: 600; font-variant-numeric: tabular-nums; white-space: nowrap; }
.headline dd small { display: block; font-size: 0.82rem; font-weight: 400; color: var(--muted); }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: 3px 20px; margin: 10px 0 0; font-size: 0.93rem; }
.facts dt { color: var(--muted); }
.facts dd { margin: 0; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }

.table { overflow-x: auto; margin-block: 12px; min-width: 100%; width: fit-content; max-width: 100%; }
/* Wide tables reach beyond the column of text, to the right, before they scroll. */
@media (min-width: 800px) { .table { max-width: calc(50vw + 328px); } }
table { border-collapse: collapse; min-width: 100%; font-size: 0.88rem; font-variant-numeric: tabular-nums; }
caption { text-align: start; color: var(--muted); font-size: 0.85rem; padding-block-end: 6px; }
/* Stays while the table scrolls below it. */
caption span { position: sticky; inset-inline-start: 0; display: inline-block; max-width: calc(100vw - 32px); }
thead tr { border-block: 1px solid var(--ink); border-block-end-width: 1px; border-block-end-color: var(--muted); }
tbody { border-block-end: 1px solid var(--ink); }
th, td { padding: 5px 0 5px 16px; text-align: start; white-space: nowrap; font-weight: 400; }
thead th { font-weight: 600; }
th:first-child, td:first-child { padding-inline-start: 0; }
th.number, td.number { text-align: end; }
td strong { font-weight: 700; }
tfoot { border-block-end: 1px solid var(--ink); }
tbody:has(+ tfoot) { border-block-end-color: var(--muted); }
thead button { all: unset; position: relative; cursor: pointer; font-weight: 600; }
thead button:hover { text-decoration: underline; text-underline-offset: 3px; }
thead button:focus-visible { outline: 2px solid var(--blue); outline-offset: 1px; border-radius: 2px; }
[aria-sort] button::after { position: absolute; inset-block-start: 0; font-size: 0.75em; line-height: 2.1; }
.number[aria-sort] button::after { inset-inline-end: calc(100% + 3px); }
[aria-sort]:not(.number) button::after { inset-inline-start: calc(100% + 3px); }
[aria-sort="ascending"] button::after { content: "▲"; content: "▲" / ""; }
[aria-sort="descending"] button::after { content: "▼"; content: "▼" / ""; }
.note { font-size: 0.85rem; color: var(--muted); max-width: 76ch; margin-block-start: -4px; }
td.bar { width: 40%; min-width: 80px; }
td.bar span { display: block; height: 9px; width: calc(var(--share) * 100%); min-width: 1px; background: var(--blue); }

figure { margin: 12px 0 0; }
figure + figure, .note + figure, details + figure { margin-block-start: 30px; }
.table + .table, .note + .table, figure + .table { margin-block-start: 28px; }
figure svg { display: block; max-width: 100%; height: auto; font-family: inherit; }
figure svg text { font-family: inherit !important; }
figcaption { color: var(--muted); font-size: 0.85rem; max-width: 76ch; margin-block-start: 4px; }
.narrow { display: none; }
@media (max-width: 719px) { .wide { display: none; } .narrow { display: block; } }

.utterance { display: grid; grid-template-columns: 150px 1fr; gap: 20px; padding-block: 20px; border-block-start: 1px solid var(--rule); }
.utterance > div:only-child { grid-column: 1 / -1; }
.utterance > div { min-width: 0; }
.utterance img { display: block; width: 150px; height: auto; border: 1px solid var(--rule); background: #fff; }
.tokens { margin: 0; max-width: none; font-size: 0.9rem; line-height: 2.1; white-space: pre-wrap; overflow-wrap: anywhere; }
.token {
  --strength: 0; position: relative; padding-block: 2px;
  background: color-mix(in srgb, var(--vermillion) calc(var(--strength) * var(--shade)), transparent);
  box-shadow: inset 0 calc(var(--strength) * -4px) 0 var(--ink);
}
.token.blank { color: var(--muted); }
span.token + span.token { margin-inline-start: 1px; }
ruby.token { white-space: pre; overflow-wrap: normal; ruby-position: under; ruby-align: center; font-weight: 700; }
ruby.token rt { font: 600 0.72rem/1.3 var(--sans); translate: 0 2px; font-variant-numeric: tabular-nums; color: var(--ink); padding-inline: 2px; }
.token[data-value]:is(:hover, :focus)::after {
  content: attr(data-value); position: absolute; inset-block-start: 100%; inset-inline-start: 50%; translate: -50% 0; z-index: 1;
  padding: 1px 5px; border-radius: 3px; background: var(--ink); color: var(--paper); font: 0.75rem/1.4 var(--sans); white-space: nowrap; overflow-wrap: normal; width: max-content;
}
.strip { margin-block-start: 20px; }
.strip ol { display: flex; gap: 10px; list-style: none; margin: 6px 0 0; padding: 0 0 8px; overflow-x: auto; }
.strip li { flex: 0 0 112px; min-width: 0; }
.strip .more { align-self: center; color: var(--muted); font-size: 0.85rem; }
.screen { position: relative; border: 1px solid var(--rule); background: #fff; }
.screen img { display: block; width: 100%; height: auto; }
.screen svg { position: absolute; inset: 0; width: 100%; height: 100%; overflow: hidden; }
.screen .halo, .screen .mark { fill: none; vector-effect: non-scaling-stroke; stroke-linecap: round; }
.screen .halo { stroke: #fff; stroke-width: 5px; }
.screen .mark { stroke: #d55e00; stroke-width: 2.5px; }
.screen.absent { aspect-ratio: 1; display: grid; place-content: center; color: #5b636d; font-size: 0.75rem; }
.strip li p { margin: 3px 0 0; font-size: 0.78rem; line-height: 1.3; overflow-wrap: anywhere; }
.strip b { font-weight: 650; font-variant-numeric: tabular-nums; }
.strip small { color: var(--muted); }
.strip .broken { color: var(--vermillion); }
.legend { display: flex; flex-wrap: wrap; align-items: center; gap: 6px; color: var(--muted); font-size: 0.82rem; }
.legend .token { color: var(--ink); padding-inline: 7px; font-variant-numeric: tabular-nums; }
.verdict code { padding: 1px 6px; border-radius: 3px; background: color-mix(in srgb, var(--ink) 8%, transparent); }
.verdict { margin: 8px 0 0; font-size: 0.9rem; }
details { font-size: 0.88rem; margin-block-start: 6px; }
summary { cursor: pointer; color: var(--muted); }
.prompt, pre { white-space: pre-wrap; overflow-wrap: anywhere; }
.prompt { font-size: 0.85rem; border-inline-start: 2px solid var(--rule); padding-inline-start: 12px; }
pre { font-size: 0.8rem; line-height: 1.5; margin: 8px 0; }
details .table { max-height: 360px; overflow-y: auto; }
footer { margin-block: 56px 40px; color: var(--muted); font-size: 0.82rem; }
footer p { border-block-start: 1px solid var(--rule); padding-block-start: 12px; }
@media (max-width: 559px) {
  header { padding-block-start: 28px; }
  .utterance { grid-template-columns: 1fr; gap: 12px; }
  .utterance img { width: 120px; }
  table { font-size: 0.8rem; }
  th, td { padding-inline-start: 9px; }
  tbody th, tfoot th { white-space: normal; overflow-wrap: anywhere; min-width: 12.5em; }
}
@media print {
  body { font-size: 10.5pt; }
  figure, .utterance, tr { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
  summary { display: none; }
}
`;
