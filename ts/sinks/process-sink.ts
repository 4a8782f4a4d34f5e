import { messageOf, SinkError } from "../errors.ts";
import type { Supervised } from "../processes/supervised.ts";
import { type Answer, readAnswer } from "./answers.ts";
import type { MetricSink } from "./sink.ts";

export interface TimeLimits {
  /** Longest wait for an answer during the run. */
  readonly answerMs: number;
  /** Longest wait at the end of the run, for everything that is left. */
  readonly endMs: number;
}

export interface ProcessSinkOptions {
  /** Starts the process, whose lines `onLine` hears. */
  readonly start: (onLine: (line: string) => void) => Promise<Supervised>;
  readonly limits: TimeLimits;
  /** Hears once where the figures can be looked at. */
  readonly onPlace: (place: string) => void;
  /** Hears once why the sink ended before its time; never where it did not. */
  readonly onFailure: (failure: SinkError) => void;
}

const GRACE_MS = { byItself: 0, terminated: 1_000 };
const ENDED_GRACE_MS = { byItself: 2_000, terminated: 1_000 };

/**
 * A sink that a process serves. One request at a time is under way, and of what comes meanwhile the newest counts: a process that
 * is slow or hangs costs neither time nor memory.
 */
export class ProcessSink implements MetricSink {
  readonly #options: ProcessSinkOptions;
  readonly #served: Promise<void>;
  readonly #heard: Answer[] = [];
  /** Bytes that the process has not been told of: at most the first, which says what a resumed run has, and the newest. */
  readonly #untold: number[] = [];
  #isFirstTold = false;
  #isEnding = false;
  /** Why nothing more can come; undefined while it can. */
  #over: SinkError | undefined;
  #onChange: () => void = () => {};

  constructor(options: ProcessSinkOptions) {
    this.#options = options;
    this.#served = this.#serve();
  }

  follow(bytes: number): void {
    this.#untold[Math.min(this.#isFirstTold ? 0 : 1, this.#untold.length)] = bytes;
    this.#onChange();
  }

  async end(): Promise<void> {
    this.#isEnding = true;
    this.#onChange();
    const { endMs } = this.#options.limits;
    const timer = setTimeout(() => {
      this.#stopWaiting(new SinkError("slow", `it had not taken everything ${endMs / 1000} s after the run's end`));
    }, endMs);
    await this.#served;
    clearTimeout(timer);
  }

  async #serve(): Promise<void> {
    let child: Supervised | undefined;
    let grace = GRACE_MS;
    try {
      child = await this.#options.start((line) => this.#hear(line));
      void child.ended.then((how) => this.#stopWaiting(ended(how, child?.lines() ?? [])));
      await this.#answer("ready");
      await this.#converse(child);
      grace = ENDED_GRACE_MS;
    } catch (error) {
      this.#options.onFailure(asSinkError(error));
    } finally {
      await child?.stop(grace);
    }
  }

  /** Tells the process of every stretch that is new, then of the end. */
  async #converse(child: Supervised): Promise<void> {
    for (;;) {
      await this.#until(() => this.#untold.length > 0 || this.#isEnding || undefined);
      const through = this.#untold.shift();
      if (through === undefined) break;
      const isFirst = !this.#isFirstTold;
      this.#isFirstTold = true;
      child.writeLine(JSON.stringify({ through }));
      const { place } = await this.#answer("through");
      if (isFirst) this.#options.onPlace(place);
    }
    child.writeLine(JSON.stringify({ end: true }));
    await this.#answer("ended");
  }

  /** The next answer, which has to be of this kind. @throws SinkError for a failure, and when none comes in time. */
  async #answer<Key extends AnswerKey>(key: Key): Promise<Extract<Answer, Record<Key, unknown>>> {
    const { answerMs } = this.#options.limits;
    const timer = setTimeout(() => {
      this.#stopWaiting(new SinkError("slow", `it has not answered for ${answerMs / 1000} s`));
    }, answerMs);
    try {
      const answer = await this.#until(() => this.#heard.shift());
      if ("failed" in answer) {
        const { kind, cause, mend } = answer.failed;
        throw new SinkError(kind, cause, mend);
      }
      if (!(key in answer))
        throw new SinkError("broken", `expected the answer \`${key}\`, got ${JSON.stringify(answer)}`);
      return answer as Extract<Answer, Record<Key, unknown>>;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Waits until `look` finds something. @throws SinkError when nothing can come any more. */
  async #until<T>(look: () => T | undefined): Promise<T> {
    for (;;) {
      const found = look();
      if (found !== undefined) return found;
      if (this.#over !== undefined) throw this.#over;
      await new Promise<void>((resolve) => {
        this.#onChange = resolve;
      });
    }
  }

  #hear(line: string): void {
    this.#heard.push(readAnswer(line) ?? { failed: { kind: "broken", cause: `it said ${line}`, mend: null } });
    this.#onChange();
  }

  #stopWaiting(why: SinkError): void {
    this.#over ??= why;
    this.#onChange();
  }
}

type AnswerKey = "ready" | "through" | "ended";

function ended(how: string, lines: readonly string[]): SinkError {
  const last = lines.at(-1);
  return new SinkError("broken", `its process ${how}${last === undefined ? "" : `; its last line: ${last}`}`);
}

/** A process may also fail to start: no Python, no room for its log. Whatever it is, it does not stop a run. */
function asSinkError(error: unknown): SinkError {
  return error instanceof SinkError ? error : new SinkError("broken", messageOf(error));
}
