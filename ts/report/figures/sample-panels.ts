import type { Span } from "../../parsing/parse.ts";
import { type Content, html } from "../html.ts";
import { visibleText } from "../visible-text.ts";
import { LIGHT } from "./colours.ts";
import { type Drawing, MONO, rectangle, svgFile, text } from "./drawing.ts";
import { type FlowPiece, flow } from "./text-flow.ts";

/** What one policy said at a state, again and again. */
export interface SamplePanel {
  heading: string;
  /** Names and values, a line each. */
  facts: readonly (readonly [string, string])[];
  samples: readonly PanelSample[];
}

export interface PanelSample {
  outcome: string;
  /** What is wrong with the format; empty for none. */
  formatErrors: readonly string[];
  utterance: string;
  /** The characters that decide the action; null when none do. */
  span: Span | null;
}

interface Piece extends FlowPiece {
  isDeciding: boolean;
}

/** CSS pixels. */
const MARGIN = 24;
const COLUMN = 450;
const GUTTER = 30;
const LINE_HEIGHT = 19;
const PANELS_ABREAST = 3;

/**
 * Repeated sampling of several policies side by side (Figure 3 below of the paper) as a picture. What decides the action
 * is blue, bold and underlined; a broken format has a double bar, a cross and its reason in words.
 */
export function samplePanels({ id, title }: Pick<Drawing, "id" | "title">, panels: readonly SamplePanel[]): Drawing {
  const abreast = Math.min(PANELS_ABREAST, panels.length);
  const width = Math.max(560, 2 * MARGIN + abreast * COLUMN + (abreast - 1) * GUTTER);
  const body: Content[] = [text(MARGIN, MARGIN + 12, title, { size: 16, isBold: true })];
  let top = MARGIN + 36;
  for (let start = 0; start < panels.length; start += abreast) {
    const heights = panels.slice(start, start + abreast).map((panel, place) => {
      const drawn = panelAt(panel, MARGIN + place * (COLUMN + GUTTER), top);
      body.push(drawn.markup);
      return drawn.height;
    });
    top += Math.max(...heights) + 30;
  }
  return { id, title, svg: svgFile({ width, height: Math.ceil(top), title }, body) };
}

function panelAt(
  { heading, facts, samples }: SamplePanel,
  left: number,
  top: number,
): { markup: Content; height: number } {
  const body: Content[] = [
    rectangle({ x: left, y: top, width: COLUMN, height: 2 }, LIGHT.ink),
    text(left, top + 22, heading, { size: 14, isBold: true }),
  ];
  let y = top + 32;
  for (const [name, value] of facts) {
    body.push(
      text(left, y + 13, name, { size: 12, colour: LIGHT.muted }),
      text(left + 165, y + 13, value, { size: 12 }),
    );
    y += 18;
  }
  y += 10;
  for (const [index, sample] of samples.entries()) {
    const drawn = sampleAt(sample, index + 1, left, y);
    body.push(drawn.markup);
    y += drawn.height;
  }
  return { markup: body, height: y - top };
}

function sampleAt(
  { outcome, formatErrors, utterance, span }: PanelSample,
  number: number,
  left: number,
  top: number,
): { markup: Content; height: number } {
  const isBroken = formatErrors.length > 0;
  const inset = isBroken ? 14 : 0;
  const textTop = top + 34;
  const { placed, lines } = flow(pieces(utterance, span), Math.floor((COLUMN - inset) / MONO.advance));
  const height = 34 + lines * LINE_HEIGHT + 10;
  const label = isBroken ? `${number}. ✗ ${outcome} · ${formatErrors.join(" · ")}` : `${number}. ${outcome}`;
  const markup = html`${rectangle({ x: left, y: top, width: COLUMN, height: 1 }, LIGHT.rule)}
${isBroken ? [0, 4].map((shift) => rectangle({ x: left + shift, y: top + 8, width: 2, height: height - 14 }, LIGHT.vermillion)) : null}
${text(left + inset, top + 22, label, { size: 12, isBold: true, colour: isBroken ? LIGHT.vermillion : LIGHT.ink })}
${placed.map(({ piece, text: shown, line, column, cells }) => {
  const box = {
    x: left + inset + column * MONO.advance,
    y: textTop + line * LINE_HEIGHT - 2,
    width: cells * MONO.advance,
    height: LINE_HEIGHT - 3,
  };
  const deciding = piece.isDeciding && shown.trim() !== "";
  return html`${deciding ? [rectangle(box, LIGHT.blue, 0.24), rectangle({ ...box, y: box.y + box.height, height: 2 }, LIGHT.blue)] : null}
${text(box.x, box.y + 13, shown, { font: "mono", isBold: deciding })}`;
})}`;
  return { markup, height };
}

/** Words, each with the blank before it, cut where the span begins and ends. */
function pieces(utterance: string, span: Span | null): Piece[] {
  const [start, end] = span ?? [0, 0];
  return [
    { part: utterance.slice(0, start), isDeciding: false },
    { part: utterance.slice(start, end), isDeciding: true },
    { part: utterance.slice(end), isDeciding: false },
  ].flatMap(({ part, isDeciding }) =>
    (part.match(/\s*\S+|\s+$/g) ?? []).map((word) => ({
      text: visibleText(word),
      isDeciding,
    })),
  );
}
