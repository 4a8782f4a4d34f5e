import { join } from "node:path";
import { z } from "zod";
import type { TokenColumns } from "../api.ts";
import { GrowingLines, type LineReader } from "./growing-lines.ts";
import { type Damage, readLine } from "./json-line.ts";

const column = z.array(z.number());

/** A line of `tokens.jsonl`, see `TokenRow` of training. */
const rowSchema = z
  .looseObject({
    iteration: z.int().min(1),
    step: z.int().min(0),
    advantage: z.number(),
    tokens: z.array(z.string()),
    weights: column.nullable(),
    entropies: column,
    logProbs: column,
    gaps: column,
  })
  .refine(
    ({ tokens, weights, entropies, logProbs, gaps }) =>
      [weights ?? tokens, entropies, logProbs, gaps].every(({ length }) => length === tokens.length),
    { error: "expected as many numbers in each column as tokens" },
  );

/** `tokens.jsonl`: where each step's row lies. */
export class TokenRows {
  readonly #lines: GrowingLines;
  readonly #index = new RowIndex();

  constructor(directory: string) {
    this.#lines = new GrowingLines(join(directory, "tokens.jsonl"), this.#index);
  }

  refresh(): Promise<void> {
    return this.#lines.refresh();
  }

  get size(): number {
    return this.#index.lineOf.size;
  }

  get damage(): readonly Damage[] {
    return this.#index.damage;
  }

  has(step: number | null): boolean {
    return step !== null && this.#index.lineOf.has(step);
  }

  /** The newest row of a step; undefined where none was recorded. */
  async read(step: number | null): Promise<TokenColumns | undefined> {
    const line = step === null ? undefined : this.#index.lineOf.get(step);
    const text = line === undefined ? undefined : await this.#lines.read(line);
    const row = text === undefined ? undefined : readLine(text, rowSchema);
    if (row === undefined || typeof row === "string") return undefined;
    const { tokens, weights, entropies, gaps, advantage } = row;
    return { tokens, weights, entropies, gaps, advantage };
  }
}

class RowIndex implements LineReader {
  readonly lineOf = new Map<number, number>();
  damage: Damage[] = [];
  #numLines = 0;

  line(text: string): void {
    const row = readLine(text, rowSchema);
    if (typeof row === "string") this.damage.push({ file: "tokens.jsonl", line: this.#numLines + 1, reason: row });
    else this.lineOf.set(row.step, this.#numLines);
    this.#numLines += 1;
  }

  keep(count: number): void {
    this.#numLines = count;
    this.damage = this.damage.filter(({ line }) => line <= count);
    for (const [step, line] of this.lineOf) if (line >= count) this.lineOf.delete(step);
  }
}
