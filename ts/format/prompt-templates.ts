/** Text that all prompts of a kind share, and between its pieces what varies: always one piece more than slots. */
export interface PromptTemplate {
  readonly pieces: readonly string[];
  /** Rows that it covers. */
  readonly rows: number;
  readonly distinctPrompts: number;
  readonly slots: readonly Slot[];
}

export interface Slot {
  /** Distinct texts that stood there, with the number of distinct prompts that had them. */
  readonly values: ReadonlyMap<string, number>;
}

/** Prompts are of one kind when this much of the longer one is common to both. */
const COMMON_SHARE = 0.5;
/** Prompts that have no kind in common are hardly a template: what follows is one kind each. */
const MOST_TEMPLATES = 50;

/** The kinds of prompts, the commonest first: what is constant in each, and what stands where it varies. */
export function promptTemplates(prompts: Iterable<string>): PromptTemplate[] {
  const counts = new Map<string, number>();
  for (const prompt of prompts) counts.set(prompt, (counts.get(prompt) ?? 0) + 1);
  const kinds: string[][] = [];
  for (const prompt of counts.keys()) {
    if (kinds.some((pieces) => slotTexts(pieces, prompt) !== null)) continue;
    const place = kinds.findIndex((pieces) => isOfOneKind(pieces, prompt));
    const pieces = kinds[place];
    if (pieces !== undefined) kinds[place] = generalised(pieces, prompt);
    else if (kinds.length < MOST_TEMPLATES) kinds.push([prompt]);
  }
  return kinds.map((pieces) => covered(pieces, counts)).sort((one, other) => other.rows - one.rows);
}

/** What stands in each slot of a prompt; null when the prompt is of another kind. */
export function slotTexts(pieces: readonly string[], prompt: string): string[] | null {
  if (pieces.length === 1) return prompt === pieces[0] ? [] : null;
  const [first = "", ...others] = pieces;
  const last = others.pop() ?? "";
  if (!prompt.startsWith(first) || prompt.length < first.length + last.length || !prompt.endsWith(last)) return null;
  const end = prompt.length - last.length;
  const texts: string[] = [];
  let at = first.length;
  for (const piece of others) {
    const found = prompt.indexOf(piece, at);
    if (found === -1 || found + piece.length > end) return null;
    texts.push(prompt.slice(at, found));
    at = found + piece.length;
  }
  return [...texts, prompt.slice(at, end)];
}

function covered(pieces: readonly string[], counts: ReadonlyMap<string, number>): PromptTemplate {
  const values = pieces.slice(1).map(() => new Map<string, number>());
  let rows = 0;
  let distinctPrompts = 0;
  for (const [prompt, count] of counts) {
    const texts = slotTexts(pieces, prompt);
    if (texts === null) continue;
    rows += count;
    distinctPrompts += 1;
    for (const [slot, text] of texts.entries()) values[slot]?.set(text, (values[slot]?.get(text) ?? 0) + 1);
  }
  return { pieces, rows, distinctPrompts, slots: values.map((each) => ({ values: each })) };
}

function isOfOneKind(pieces: readonly string[], prompt: string): boolean {
  const length = pieces.join("").length;
  return generalised(pieces, prompt).join("").length >= COMMON_SHARE * Math.max(length, prompt.length);
}

/** A slot within a list of words. */
const SLOT: unique symbol = Symbol("slot");
type Word = string | typeof SLOT;

/** The pieces that the template and the prompt have in common, by their longest common sequence of words and signs. */
function generalised(pieces: readonly string[], prompt: string): string[] {
  const words: Word[] = [];
  for (const [index, piece] of pieces.entries()) {
    if (index > 0) words.push(SLOT);
    words.push(...wordsOf(piece));
  }
  const others = wordsOf(prompt);
  const start = commonStart(words, others);
  const end = Math.min(
    commonStart([...words].reverse(), [...others].reverse()),
    others.length - start,
    words.length - start,
  );
  const middle = commonMiddle(words.slice(start, words.length - end), others.slice(start, others.length - end));
  return piecesOf([...words.slice(0, start), ...middle, ...words.slice(words.length - end)]);
}

function wordsOf(text: string): string[] {
  return text.match(/\p{L}+|\d|\s|[^\p{L}\d\s]/gu) ?? [];
}

function commonStart(words: readonly Word[], others: readonly string[]): number {
  const limit = Math.min(words.length, others.length);
  for (let index = 0; index < limit; index++) if (words[index] !== others[index]) return index;
  return limit;
}

function commonMiddle(words: readonly Word[], others: readonly string[]): Word[] {
  const width = others.length + 1;
  /** [row, column]: length of the longest common sequence of what is left from there. */
  const lengths = new Uint32Array((words.length + 1) * width);
  for (let row = words.length - 1; row >= 0; row--) {
    for (let column = others.length - 1; column >= 0; column--) {
      const here = row * width + column;
      lengths[here] =
        words[row] === others[column]
          ? (lengths[here + width + 1] ?? 0) + 1
          : Math.max(lengths[here + width] ?? 0, lengths[here + 1] ?? 0);
    }
  }
  const common: Word[] = [];
  let [row, column] = [0, 0];
  while (row < words.length || column < others.length) {
    const here = row * width + column;
    const word = words[row];
    if (word !== undefined && word === others[column]) {
      common.push(word);
      row += 1;
      column += 1;
      continue;
    }
    common.push(SLOT);
    const isRowNext =
      column >= others.length || (row < words.length && (lengths[here + width] ?? 0) >= (lengths[here + 1] ?? 0));
    if (isRowNext) row += 1;
    else column += 1;
  }
  return common;
}

function piecesOf(words: readonly Word[]): string[] {
  const pieces = [""];
  let isAfterSlot = false;
  for (const word of words) {
    if (word !== SLOT) pieces[pieces.length - 1] += word;
    else if (!isAfterSlot) pieces.push("");
    isAfterSlot = word === SLOT;
  }
  return pieces;
}
