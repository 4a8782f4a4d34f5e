import { weightText } from "../format.ts";
import { type Content, html } from "../html.ts";
import { visibleText } from "../visible-text.ts";
import { LIGHT } from "./colours.ts";
import { type Drawing, MONO, picture, rectangle, svgFile, text } from "./drawing.ts";
import { type Flow, type FlowPiece, flow } from "./text-flow.ts";

/** An utterance whose tokens are shaded by one method after another. */
export interface MappedUtterance {
  heading: string;
  /** PNG file of the observation; null without. */
  image: Buffer | null;
  rows: readonly MappedRow[];
}

export interface MappedRow {
  label: string;
  /** Values lie in [0, 1]. */
  tokens: readonly { text: string; value: number }[];
}

interface Piece extends FlowPiece {
  value: number;
  isMarked: boolean;
}

/** CSS pixels. */
const WIDTH = 960;
const MARGIN = 24;
const IMAGE = 132;
const LABEL_HEIGHT = 24;
const LINE_HEIGHT = 37;
const TOKEN_HEIGHT = 20;
const THICKEST = 4;
/** So many of a row's strongest tokens show their number, from this weight on: more would stand in each other's way. */
const NUM_MARKED = 6;
const MARKED_FROM = 0.05;
/** Room for a number like 0.99 under its token. */
const NUMBER_CELLS = 5;
const FULL_SHADE = 0.72;

/**
 * Heat maps of utterances (Figure E.1 of the paper) as a picture. Underline and numbers say the same as the shade, so
 * that it can be read without colour.
 */
export function tokenMap(
  { id, title }: Pick<Drawing, "id" | "title">,
  utterances: readonly MappedUtterance[],
): Drawing {
  const body: Content[] = [text(MARGIN, MARGIN + 12, title, { size: 16, isBold: true }), legend(MARGIN, MARGIN + 26)];
  let y = MARGIN + 66;
  for (const utterance of utterances) {
    const { markup, height } = mappedUtterance(utterance, y);
    body.push(markup);
    y += height;
  }
  return { id, title, svg: svgFile({ width: WIDTH, height: Math.ceil(y), title }, body) };
}

function mappedUtterance({ heading, image, rows }: MappedUtterance, top: number): { markup: Content; height: number } {
  const left = MARGIN + (image === null ? 0 : IMAGE + 24);
  const columns = Math.floor((WIDTH - MARGIN - left) / MONO.advance);
  const body: Content[] = [
    rectangle({ x: MARGIN, y: top, width: WIDTH - 2 * MARGIN, height: 1 }, LIGHT.rule),
    text(left, top + 24, heading, { isBold: true }),
  ];
  if (image !== null) body.push(picture(MARGIN, top + 14, IMAGE, image));
  let y = top + 34;
  for (const row of rows) {
    const laid = flow(piecesOf(row), columns);
    body.push(text(left, y + 14, row.label, { size: 12, colour: LIGHT.muted }), tokens(laid, left, y + LABEL_HEIGHT));
    y += LABEL_HEIGHT + laid.lines * LINE_HEIGHT;
  }
  return { markup: body, height: Math.max(y - top, image === null ? 0 : IMAGE + 28) + 14 };
}

function piecesOf({ tokens: all }: MappedRow): Piece[] {
  const marked = new Set(
    all
      .filter(({ value }) => value >= MARKED_FROM)
      .toSorted((one, other) => other.value - one.value)
      .slice(0, NUM_MARKED),
  );
  return all.map((token) => ({
    text: visibleText(token.text),
    value: token.value,
    isMarked: marked.has(token),
    ...(marked.has(token) && { minCells: NUMBER_CELLS }),
  }));
}

function tokens({ placed }: Flow<Piece>, left: number, top: number): Content {
  return placed.map(({ piece, text: shown, line, column, cells, isFirst }) => {
    const box = {
      x: left + column * MONO.advance,
      y: top + line * LINE_HEIGHT,
      width: cells * MONO.advance - 1,
      height: TOKEN_HEIGHT,
    };
    const middle = box.x + box.width / 2;
    const strength = Math.min(1, piece.value);
    const isFaint = strength < 0.01;
    const centred = cells > shown.length;
    return html`${isFaint ? null : rectangle(box, LIGHT.vermillion, strength * FULL_SHADE)}
${isFaint ? null : rectangle({ ...box, y: box.y + TOKEN_HEIGHT, height: strength * THICKEST }, LIGHT.ink)}
${text(centred ? middle : box.x, box.y + 15, shown, { font: "mono", isBold: piece.isMarked, anchor: centred ? "middle" : "start" })}
${piece.isMarked && isFirst ? text(middle, box.y + TOKEN_HEIGHT + THICKEST + 10, weightText(piece.value), { size: 10, isBold: true, anchor: "middle" }) : null}
`;
  });
}

function legend(left: number, top: number): Content {
  return html`${text(left, top + 15, "causal weight", { size: 12, colour: LIGHT.muted })}${[0, 0.25, 0.5, 0.75, 1].map(
    (value, step) => {
      const box = { x: left + 96 + step * 46, y: top, width: 40, height: TOKEN_HEIGHT };
      return html`${rectangle(box, LIGHT.vermillion, value * FULL_SHADE)}
${rectangle({ ...box, y: top + TOKEN_HEIGHT, height: value * THICKEST }, LIGHT.ink)}
${text(box.x + 20, top + 15, weightText(value), { size: 12, anchor: "middle" })}`;
    },
  )}`;
}
