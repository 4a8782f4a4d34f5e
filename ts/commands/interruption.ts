import { CosoError } from "../errors.ts";

/** A run was asked to stop and did; what it had is saved. */
export class Interrupted extends CosoError {
  override name = "Interrupted";
}

const events = ["SIGINT", "SIGTERM", "disconnect"] as const;
/** npm passes on the Ctrl-C that the terminal has sent to its child already; a person takes longer for a second one. */
const samePressMs = 500;

/**
 * Turns the first Ctrl-C (or SIGTERM) into a request to stop, and the second into an end at once. So does the end of a
 * process that runs this one as its own, over Node's channel.
 */
export class Interruption {
  readonly #endNow: () => void;
  readonly #now: () => number;

  constructor(endNow: () => void, now: () => number = performance.now.bind(performance)) {
    this.#endNow = endNow;
    this.#now = now;
  }

  /**
   * Runs `work` with a signal that the first interruption aborts, `reason` being what the person reads at the end.
   * `notice` is shown at once.
   */
  async during<T>(reason: string, notice: () => void, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const controller = new AbortController();
    let firstAt = 0;
    const listener = (): void => {
      if (controller.signal.aborted) {
        if (this.#now() - firstAt > samePressMs) this.#endNow();
        return;
      }
      firstAt = this.#now();
      notice();
      controller.abort(new Interrupted(reason));
    };
    for (const event of events) process.on(event, listener);
    try {
      return await work(controller.signal);
    } finally {
      for (const event of events) process.off(event, listener);
    }
  }
}
