/** What these pages have beyond a report. */
export const EXPLANATION_STYLE = `
.method { margin: 10px 0 0; color: var(--muted); font-size: 0.82rem; }
.method:first-child { margin-block-start: 0; }
.runs { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 330px), 1fr)); gap: 28px 32px; }
.runs > article { min-width: 0; border-block-start: 2px solid var(--ink); padding-block-start: 4px; }
header, main, footer { max-width: 1080px; }
main:has(.runs > article:nth-child(2)) { max-width: 1320px; }
body:has(.runs > article:nth-child(2)) > header, body:has(.runs > article:nth-child(2)) > footer { max-width: 1320px; }
.samples { margin: 12px 0 0; padding: 0; list-style: none; }
.samples li { border-block-start: 1px solid var(--rule); padding-block: 10px; }
.samples .said { margin: 4px 0 0; font: 0.84rem/1.6 var(--mono); white-space: pre-wrap; overflow-wrap: anywhere; }
.samples .outcome { margin: 0; font-size: 0.88rem; }
.samples mark { background: color-mix(in srgb, var(--blue) 24%, transparent); color: inherit; font-weight: 700; border-block-end: 2px solid var(--blue); }
.samples .broken { border-inline-start: 4px double var(--vermillion); padding-inline-start: 12px; }
.samples .broken .outcome strong { color: var(--vermillion); }
.state { width: 150px; height: auto; border: 1px solid var(--rule); background: #fff; }
`;
