import { join } from "node:path";
import { type Iteration, iterationSchema } from "../../report/run-schema.ts";
import { GrowingLines, type LineReader } from "./growing-lines.ts";
import { type Damage, readLine } from "./json-line.ts";

/** `metrics.jsonl`, in memory as a whole: a line an iteration. */
export class MetricsLog {
  readonly #lines: GrowingLines;
  readonly #read = new IterationReader();

  constructor(directory: string) {
    this.#lines = new GrowingLines(join(directory, "metrics.jsonl"), this.#read);
  }

  refresh(): Promise<void> {
    return this.#lines.refresh();
  }

  get iterations(): readonly Iteration[] {
    return this.#read.lines.flatMap((line) => line ?? []);
  }

  get damage(): readonly Damage[] {
    return this.#read.damage;
  }

  /** Every metric that an iteration has. */
  get names(): string[] {
    return [...new Set(this.iterations.flatMap(({ metrics }) => Object.keys(metrics)))].sort();
  }
}

class IterationReader implements LineReader {
  /** Null for a line that is damaged. */
  lines: (Iteration | null)[] = [];
  damage: Damage[] = [];

  line(text: string): void {
    const read = readLine(text, iterationSchema);
    const isDamaged = typeof read === "string";
    this.lines.push(isDamaged ? null : read);
    if (isDamaged) this.damage.push({ file: "metrics.jsonl", line: this.lines.length, reason: read });
  }

  keep(count: number): void {
    this.lines = this.lines.slice(0, count);
    this.damage = this.damage.filter(({ line }) => line <= count);
  }
}
