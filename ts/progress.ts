import { SingleBar } from "cli-progress";
import { duration } from "./report/format.ts";

/** Where a long piece of work says how far it is. */
export interface Progress {
  /** Opens a stretch of `total` parts, `from` of which are behind us already, and closes the one before. */
  begin(title: string, total: number, from?: number): void;
  /** `completed` parts of the present stretch are behind us; `detail` stands beside it. */
  update(completed: number, detail?: string): void;
  /** What is being done within the present part; shown only where lines are live. */
  phase(name: string): void;
  /** A line that stays. */
  say(line: string): void;
  /** Closes the present stretch. */
  end(): void;
}

export const silentProgress: Progress = { begin() {}, update() {}, phase() {}, say() {}, end() {} };

/** A live bar on a terminal, plain lines elsewhere. */
export function progressTo(stream: NodeJS.WriteStream): Progress {
  return stream.isTTY ? new LiveProgress(stream) : new PlainProgress((line) => stream.write(`${line}\n`));
}

class LiveProgress implements Progress {
  readonly #stream: NodeJS.WriteStream;
  #bar: SingleBar | undefined;
  #detail = "";

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  begin(title: string, total: number, from = 0): void {
    this.end();
    this.#bar = new SingleBar({
      stream: this.#stream,
      format: `${title.padEnd(titleWidth)} {bar} {value}/{total} · {eta_formatted} left {detail} {phase}`,
      barsize: 24,
      barCompleteChar: "█",
      barIncompleteChar: "░",
      hideCursor: true,
      linewrap: false,
      gracefulExit: false,
    });
    this.#bar.start(total, from, { detail: "", phase: "" });
  }

  update(completed: number, detail = ""): void {
    this.#detail = detail === "" ? "" : `· ${detail}`;
    this.#bar?.update(completed, { detail: this.#detail, phase: "" });
  }

  phase(name: string): void {
    this.#bar?.update({ detail: this.#detail, phase: `· ${name}` });
  }

  say(line: string): void {
    if (this.#bar?.isActive === true) this.#stream.write("\r\u001b[K");
    this.#stream.write(`${line}\n`);
  }

  end(): void {
    this.#bar?.update({ detail: this.#detail, phase: "" });
    this.#bar?.stop();
    this.#bar = undefined;
    this.#detail = "";
  }
}

const titleWidth = 28;
/** Plain logs stay readable when a step takes milliseconds. */
const millisecondsBetweenLines = 2000;

/** A line when a stretch begins, one every few seconds with the time left, one when it ends. */
export class PlainProgress implements Progress {
  readonly #write: (line: string) => void;
  readonly #now: () => number;
  #stretch: { title: string; total: number; from: number; start: number; printed: number } | undefined;

  constructor(write: (line: string) => void, now: () => number = performance.now.bind(performance)) {
    this.#write = write;
    this.#now = now;
  }

  begin(title: string, total: number, from = 0): void {
    this.end();
    const start = this.#now();
    this.#stretch = { title, total, from, start, printed: start };
    this.#write(`${title} …`);
  }

  update(completed: number, detail?: string): void {
    const stretch = this.#stretch;
    if (stretch === undefined) return;
    const now = this.#now();
    if (now - stretch.printed < millisecondsBetweenLines) return;
    const isBegun = completed > stretch.from;
    if (!isBegun && !detail) return;
    stretch.printed = now;
    const left = ((now - stretch.start) / (completed - stretch.from)) * (stretch.total - completed);
    const parts = [
      `${completed}/${stretch.total}`,
      ...(isBegun ? [`${duration(left / 1000)} left`] : []),
      ...(detail ? [detail] : []),
    ];
    this.#write(`${stretch.title}  ${parts.join(" · ")}`);
  }

  phase(): void {}

  say(line: string): void {
    this.#write(line);
  }

  end(): void {
    const stretch = this.#stretch;
    this.#stretch = undefined;
    if (stretch === undefined) return;
    this.#write(`${stretch.title}  took ${duration((this.#now() - stretch.start) / 1000)}`);
  }
}
