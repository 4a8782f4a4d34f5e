const KEPT_LINES = 40;

/** The last lines of a stream of output, for errors. Carriage returns end a line too, as progress bars use them. */
export class OutputTail {
  readonly #lines: string[] = [];
  #unfinished = "";

  add(chunk: string): void {
    const lines = (this.#unfinished + chunk).split(/[\r\n]+/);
    this.#unfinished = (lines.pop() ?? "").slice(-4_096);
    this.#lines.push(...lines.filter((line) => line.trim() !== ""));
    this.#lines.splice(0, this.#lines.length - KEPT_LINES);
  }

  /** At most 40 lines, oldest first, none of them blank. */
  lines(): string[] {
    return this.#unfinished.trim() === "" ? [...this.#lines] : [...this.#lines, this.#unfinished];
  }
}
