import type { Clock } from "./clock.ts";

/** Where a GPU's time goes. */
export const ACTIVITIES = {
  prompts: "reading prompts (products)",
  "decode-weights": "decoding: reading weights",
  "decode-cache": "decoding: reading keys and values",
  "decode-products": "decoding: products",
  issue: "issuing operations",
  weigh: "causal weights and SCM",
  update: "updates of the policy",
  exchange: "gradients between trainers",
  "hand-over": "weights to engines",
  "wait-environments": "waiting for environments",
  "wait-leader": "waiting for the leading process",
  "wait-others": "waiting for other engines",
  "wait-trainer": "waiting for newer weights",
  "wait-experience": "trainers waiting for steps",
} as const;

export type Activity = keyof typeof ACTIVITIES;
/** Shares of one stretch of time; they sum to 1. */
export type Mixture = readonly (readonly [activity: Activity, share: number])[];
export type DeviceSeconds = Readonly<Record<Activity, number>>;

/** Where environments are; what an idle engine is waiting for is told from it. */
export type Whereabouts = "stepping" | "leader" | "gated" | "elsewhere";

/** Books every second of every GPU. */
export class Ledger {
  readonly #clock: Clock;
  readonly #seconds: Record<Activity, number>;
  readonly #devices = new Set<BookedDevice>();
  readonly #environments: Record<Whereabouts, number> = { stepping: 0, leader: 0, gated: 0, elsewhere: 0 };
  #idleEngines = 0;
  #idleSince = 0;

  constructor(clock: Clock, numEnvironments: number) {
    this.#clock = clock;
    this.#environments.elsewhere = numEnvironments;
    this.#seconds = Object.fromEntries(Object.keys(ACTIVITIES).map((name) => [name, 0])) as Record<Activity, number>;
  }

  /** `weight` GPUs that do the same at the same time. They are idle until told otherwise. */
  device(weight: number, idle: "engine" | "trainer"): BookedDevice {
    const book = (mixture: Mixture, seconds: number): void => {
      for (const [activity, share] of mixture) this.#seconds[activity] += share * seconds * weight;
    };
    const device = new BookedDevice(this.#clock, idle, book, (change) => {
      this.#settleIdle();
      this.#idleEngines += change;
    });
    this.#devices.add(device);
    return device;
  }

  move(from: Whereabouts, to: Whereabouts): void {
    this.#settleIdle();
    this.#environments[from] -= 1;
    this.#environments[to] += 1;
  }

  /** All booked up to this moment. */
  snapshot(): DeviceSeconds {
    this.#settleIdle();
    for (const device of this.#devices) device.settle();
    return { ...this.#seconds };
  }

  #settleIdle(): void {
    const seconds = (this.#clock.now - this.#idleSince) * this.#idleEngines;
    this.#idleSince = this.#clock.now;
    if (seconds === 0) return;
    const { stepping, leader, gated } = this.#environments;
    // Who may not begin would keep the engine busy; only then does it matter what the others are at.
    if (gated > 0) this.#seconds["wait-trainer"] += seconds;
    else if (stepping + leader === 0) this.#seconds["wait-others"] += seconds;
    else {
      this.#seconds["wait-environments"] += (seconds * stepping) / (stepping + leader);
      this.#seconds["wait-leader"] += (seconds * leader) / (stepping + leader);
    }
  }
}

/** One GPU's, or some GPUs', time. */
export class BookedDevice {
  readonly #clock: Clock;
  readonly #idle: "engine" | "trainer";
  readonly #book: (mixture: Mixture, seconds: number) => void;
  readonly #countIdle: (change: 1 | -1) => void;
  /** null: idle, and an engine. */
  #now: Mixture | null = null;
  #since: number;

  constructor(
    clock: Clock,
    idle: "engine" | "trainer",
    book: (mixture: Mixture, seconds: number) => void,
    countIdle: (change: 1 | -1) => void,
  ) {
    this.#clock = clock;
    this.#idle = idle;
    this.#book = book;
    this.#countIdle = countIdle;
    this.#since = clock.now;
    this.#now = this.#restingMixture();
    if (this.#now === null) countIdle(1);
  }

  busy(mixture: Mixture): void {
    this.#become(mixture);
  }

  rest(): void {
    this.#become(this.#restingMixture());
  }

  settle(): void {
    if (this.#now !== null) this.#book(this.#now, this.#clock.now - this.#since);
    this.#since = this.#clock.now;
  }

  #become(mixture: Mixture | null): void {
    this.settle();
    if ((this.#now === null) !== (mixture === null)) this.#countIdle(mixture === null ? 1 : -1);
    this.#now = mixture;
  }

  #restingMixture(): Mixture | null {
    return this.#idle === "engine" ? null : [["wait-experience", 1]];
  }
}
