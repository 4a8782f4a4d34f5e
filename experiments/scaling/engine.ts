import type { Clock } from "./clock.ts";
import type { EngineCosts } from "./costs.ts";
import type { BookedDevice, Mixture } from "./ledger.ts";

interface Row {
  readonly tokens: number;
  left: number;
  readonly group: number;
  readonly onEnd: () => void;
}

interface Stint {
  readonly since: number;
  readonly stepSeconds: number;
  steps: number;
}

/**
 * One GPU that speaks. Prompts are read when there is room for their utterances; then every decode step gives each row a
 * token. Steps between two events take the same time, that of their mean context: the sum is exact where nothing interrupts.
 */
export class Engine {
  readonly #clock: Clock;
  readonly #device: BookedDevice;
  readonly #costs: EngineCosts;
  readonly #limit: number;
  readonly #waiting: Row[] = [];
  readonly #jobs: { readonly seconds: number; readonly mixture: Mixture; readonly onEnd: () => void }[] = [];
  #rows: Row[] = [];
  /** Tokens in the cache. */
  #context = 0;
  #isIdle = true;
  /** null while something that cannot be cut short goes on. */
  #stint: Stint | null = null;
  #plan = 0;
  #decodeSeconds = 0;
  #rowSeconds = 0;
  #fullSince: number | null = null;
  #fullSeconds = 0;

  /** @param cacheTokens that fit; every row takes room for its prompt and the longest utterance. */
  constructor(clock: Clock, device: BookedDevice, costs: EngineCosts, cacheTokens: number) {
    this.#clock = clock;
    this.#device = device;
    this.#costs = costs;
    this.#limit = Math.min(costs.maxRows, Math.floor(cacheTokens / (costs.promptTokens + costs.maxNewTokens)));
    if (this.#limit < 1) throw new RangeError("an engine has room for one utterance");
  }

  /** Utterances that it has, begun or not. */
  get load(): number {
    return this.#rows.length + this.#waiting.length;
  }

  /** Seconds of decoding, the same times rows, and seconds in which utterances waited for room. */
  figures(): { decode: number; rows: number; full: number } {
    const full = this.#fullSince === null ? 0 : this.#clock.now - this.#fullSince;
    return { decode: this.#decodeSeconds, rows: this.#rowSeconds, full: this.#fullSeconds + full };
  }

  /** @param group whose observations came in one request: a padded batch holds no others. */
  speak(tokens: number, group: number, onEnd: () => void): void {
    this.#waiting.push({ tokens, left: tokens, group, onEnd });
    if (this.#isIdle) this.#wake();
    else if (this.#hasRoom()) this.#cutShort();
    this.#noteFullness();
  }

  /** Holds the GPU for something else, from the next decode step on; a padded batch is finished first. */
  occupy(seconds: number, mixture: Mixture, onEnd: () => void): void {
    this.#jobs.push({ seconds, mixture, onEnd });
    if (this.#isIdle) this.#wake();
    else if (this.#costs.batching === "continuous") this.#cutShort();
  }

  /** Whatever else comes at this moment is taken together. */
  #wake(): void {
    this.#isIdle = false;
    this.#clock.after(0, () => this.#goOn());
  }

  #hasRoom(): boolean {
    if (this.#costs.batching === "padded" && this.#rows.length > 0) return false;
    return this.#rows.length < this.#limit;
  }

  #goOn(): void {
    const job = this.#jobs.shift();
    if (job !== undefined) {
      this.#spend(job.seconds, job.mixture, job.onEnd);
    } else if (this.#waiting.length > 0 && this.#hasRoom()) {
      this.#readPrompts();
    } else if (this.#rows.length > 0) {
      this.#decode();
    } else {
      this.#isIdle = true;
      this.#device.rest();
    }
    this.#noteFullness();
  }

  #spend(seconds: number, mixture: Mixture, onEnd: () => void): void {
    this.#device.busy(mixture);
    this.#clock.after(seconds, () => {
      onEnd();
      this.#goOn();
    });
  }

  #readPrompts(): void {
    const entering = this.#waiting.splice(0, this.#numEntering());
    const { prompt, promptFloor, promptTokens, issuesAhead } = this.#costs;
    const products = entering.length * prompt;
    this.#rows.push(...entering);
    this.#context += entering.length * promptTokens;
    const [seconds, mixture] = together(promptFloor, products, [["prompts", 1]], issuesAhead);
    this.#spend(seconds, mixture, () => {});
  }

  #numEntering(): number {
    const room = Math.min(this.#limit - this.#rows.length, this.#waiting.length);
    if (this.#costs.batching === "continuous") return room;
    const next = this.#waiting.findIndex(({ group }) => group !== this.#waiting[0]?.group);
    return next === -1 ? room : Math.min(next, room);
  }

  #decode(): void {
    const { weights, cacheToken, row, issue, issuesAhead, batching } = this.#costs;
    const rows = this.#rows.length;
    const lengths = this.#rows.map(({ left }) => left);
    const steps = batching === "padded" ? Math.max(...lengths) : Math.min(...lengths);
    const cache = (this.#context + (rows * (steps - 1)) / 2) * cacheToken;
    const [reads, products] = [weights + cache, rows * row];
    const bound: Mixture =
      products > reads
        ? [["decode-products", 1]]
        : [
            ["decode-weights", weights / reads],
            ["decode-cache", cache / reads],
          ];
    const [stepSeconds, mixture] = together(issue, Math.max(reads, products), bound, issuesAhead);
    this.#device.busy(mixture);
    this.#stint = { since: this.#clock.now, stepSeconds, steps };
    this.#planEnd(steps * stepSeconds);
  }

  /** Ends a stint with the decode step that is under way. */
  #cutShort(): void {
    const stint = this.#stint;
    if (stint === null) return;
    const begun = Math.max(1, Math.ceil((this.#clock.now - stint.since) / stint.stepSeconds));
    if (begun >= stint.steps) return;
    stint.steps = begun;
    this.#planEnd(Math.max(0, stint.since + begun * stint.stepSeconds - this.#clock.now));
  }

  #planEnd(seconds: number): void {
    this.#plan += 1;
    const plan = this.#plan;
    this.#clock.after(seconds, () => {
      if (plan === this.#plan) this.#endStint();
    });
  }

  #endStint(): void {
    const stint = this.#stint;
    if (stint === null) return;
    this.#stint = null;
    const rows = this.#rows.length;
    this.#decodeSeconds += stint.steps * stint.stepSeconds;
    this.#rowSeconds += rows * stint.steps * stint.stepSeconds;
    for (const row of this.#rows) row.left -= stint.steps;
    this.#context += rows * stint.steps;
    // In a padded batch nobody has tokens left: it ends as a whole.
    const ended = this.#rows.filter(({ left }) => left <= 0);
    this.#rows = this.#rows.filter(({ left }) => left > 0);
    for (const row of ended) this.#context -= this.#costs.promptTokens + row.tokens - row.left;
    for (const { onEnd } of ended) onEnd();
    this.#goOn();
  }

  #noteFullness(): void {
    const isFull = this.#waiting.length > 0 && this.#rows.length >= this.#limit;
    if (isFull === (this.#fullSince !== null)) return;
    if (this.#fullSince !== null) this.#fullSeconds += this.#clock.now - this.#fullSince;
    this.#fullSince = isFull ? this.#clock.now : null;
  }
}

/** What the device does, and issuing it: the longer of the two, or one after the other. */
function together(issue: number, work: number, bound: Mixture, issuesAhead: boolean): [seconds: number, Mixture] {
  if (issuesAhead) return issue > work ? [issue, [["issue", 1]]] : [work, bound];
  const seconds = issue + work;
  if (seconds === 0) return [0, [["issue", 1]]];
  return [
    seconds,
    [["issue", issue / seconds], ...bound.map(([name, share]) => [name, (share * work) / seconds] as const)],
  ];
}
