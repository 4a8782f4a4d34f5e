/** Lays pieces of text out in lines of monospaced cells, where there is no browser to do it. */

export interface FlowPiece {
  /** Printable; a newline ends the line. */
  readonly text: string;
  /** Cells to take up at least; the text stands in their middle. */
  readonly minCells?: number;
}

/** A piece, or as much of it as a line took. */
export interface PlacedPiece<Piece> {
  readonly piece: Piece;
  readonly text: string;
  readonly line: number;
  /** Counted from 0. */
  readonly column: number;
  readonly cells: number;
  /** Whether this is where the piece begins. */
  readonly isFirst: boolean;
}

export interface Flow<Piece> {
  readonly placed: readonly PlacedPiece<Piece>[];
  readonly lines: number;
}

/**
 * Breaks lines before words, as a browser would: pieces without a blank between them stay together where they fit into
 * one line, and longer ones are cut at its end.
 */
export function flow<Piece extends FlowPiece>(pieces: readonly Piece[], columns: number): Flow<Piece> {
  const placed: PlacedPiece<Piece>[] = [];
  let line = 0;
  let column = 0;
  const breakLine = (): void => {
    line += 1;
    column = 0;
  };
  for (const word of words(pieces)) {
    const width = word.reduce((sum, piece) => sum + cellsOf(piece), 0);
    const isWrapped = column + width > columns && width <= columns;
    if (isWrapped) breakLine();
    for (const piece of word) {
      let minCells = piece.minCells ?? 0;
      for (const [part, text] of piece.text.split("\n").entries()) {
        if (part > 0) breakLine();
        // Where a line was broken before a word, the blank that it begins with has done its work.
        const rest = [...(isWrapped && column === 0 ? text.replace(/^ (?=.)/, "") : text)];
        do {
          if (column > 0 && column + Math.max(1, minCells) > columns) breakLine();
          const taken = rest.splice(0, columns - column);
          const cells = Math.max(taken.length, minCells);
          const isFirst = placed.at(-1)?.piece !== piece;
          placed.push({ piece, text: taken.join(""), line, column, cells, isFirst });
          column += cells;
          minCells = 0;
        } while (rest.length > 0);
      }
    }
  }
  return { placed, lines: line + 1 };
}

/** Runs of pieces between which a line must not break. */
function words<Piece extends FlowPiece>(pieces: readonly Piece[]): Piece[][] {
  const found: Piece[][] = [];
  let last: Piece | undefined;
  for (const piece of pieces) {
    const mayBreak = last === undefined || /^\s/.test(piece.text) || /\s$/.test(last.text);
    if (mayBreak) found.push([piece]);
    else found.at(-1)?.push(piece);
    last = piece;
  }
  return found;
}

function cellsOf({ text, minCells = 0 }: FlowPiece): number {
  return Math.max(widthOf(text), minCells);
}

function widthOf(text: string): number {
  return [...text].length;
}
