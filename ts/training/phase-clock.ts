/** Seconds by phase, over a whole run and over the present iteration. */
export class PhaseClock {
  readonly #start = performance.now();
  readonly #total: Record<string, number> = {};
  #lap: Record<string, number> = {};
  #before = 0;
  readonly #onPhase: (phase: string) => void;

  /** `onPhase` hears of each phase as it begins. */
  constructor(onPhase: (phase: string) => void = () => {}) {
    this.#onPhase = onPhase;
  }

  async measure<T>(phase: string, work: () => Promise<T>): Promise<T> {
    this.#onPhase(phase);
    const start = performance.now();
    try {
      return await work();
    } finally {
      const seconds = (performance.now() - start) / 1000;
      this.#lap[phase] = (this.#lap[phase] ?? 0) + seconds;
      this.#total[phase] = (this.#total[phase] ?? 0) + seconds;
    }
  }

  /** Of each phase since the last lap. */
  lap(): Record<string, number> {
    const lap = this.#lap;
    this.#lap = {};
    return lap;
  }

  /** Of each phase and in `total`, processes before this one included where their totals were handed over. */
  totals(): Record<string, number> {
    return { ...this.#total, total: this.#before + (performance.now() - this.#start) / 1000 };
  }

  /** Adds the `totals()` of the process that a checkpoint was taken in. */
  carryOver({ total, ...phases }: Readonly<Record<string, number>>): void {
    this.#before += total ?? 0;
    for (const [phase, seconds] of Object.entries(phases)) this.#total[phase] = (this.#total[phase] ?? 0) + seconds;
  }
}
