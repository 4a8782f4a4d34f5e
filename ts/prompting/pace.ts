import PQueue from "p-queue";
import type { EndpointRequests } from "./endpoint.ts";

const MS_PER_MINUTE = 60_000;

/** Lets requests begin as the endpoint wants them: so many at once, so many a minute, none while it asks to wait. */
export class Pace {
  /** Questions, each with all its attempts: one that waits for its next attempt keeps its place. */
  readonly #places: PQueue;
  /** Attempts, one at a time and for no time: passing is what counts. */
  readonly #gate: PQueue;
  /** How to refuse what waits. */
  readonly #waiting = new Set<(reason: unknown) => void>();
  #resume: NodeJS.Timeout | undefined;
  #heldUntil = 0;
  #stopped: { readonly reason: unknown } | undefined;

  constructor({ concurrent, perMinute }: Pick<EndpointRequests, "concurrent" | "perMinute">) {
    this.#places = new PQueue({ concurrency: concurrent });
    this.#gate = new PQueue({
      // One by one at equal distances: endpoints count by the second as well.
      ...(perMinute !== null && { intervalCap: 1, interval: MS_PER_MINUTE / perMinute, strict: true }),
    });
  }

  /** Does `work`, all attempts at one question, when there is a place for it. @throws what `stop` was told. */
  place<T>(work: () => Promise<T>): Promise<T> {
    return this.#enter(this.#places, work);
  }

  /** Waits until an attempt may begin. @throws what `stop` was told. */
  turn(): Promise<void> {
    return this.#enter(this.#gate, () => Promise.resolve());
  }

  /** Lets no attempt begin for so long. */
  holdFor(milliseconds: number): void {
    const until = performance.now() + milliseconds;
    if (this.#stopped !== undefined || until <= this.#heldUntil) return;
    this.#heldUntil = until;
    this.#gate.pause();
    clearTimeout(this.#resume);
    this.#resume = setTimeout(() => this.#gate.start(), milliseconds);
  }

  /** Refuses what waits, now and later; what is under way goes on. */
  stop(reason: unknown): void {
    this.#stopped ??= { reason };
    clearTimeout(this.#resume);
    this.#places.clear();
    this.#gate.clear();
    for (const refuse of this.#waiting) refuse(reason);
    this.#waiting.clear();
  }

  #enter<T>(queue: PQueue, work: () => Promise<T>): Promise<T> {
    if (this.#stopped !== undefined) return Promise.reject(this.#stopped.reason);
    return new Promise((resolve, reject) => {
      this.#waiting.add(reject);
      const begun = (): Promise<T> => {
        this.#waiting.delete(reject);
        return work();
      };
      queue.add(begun).then(resolve, reject);
    });
  }
}
