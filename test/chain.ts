import type { Environment, StepResult } from "../ts/environments/environment.ts";
import type { ParseResult } from "../ts/parsing/parse.ts";

export interface ChainOptions {
  /** Steps of an episode. */
  length: number;
  ending: "terminated" | "truncated" | "fault";
  /** What the environment says of success at the end; absent: it cannot tell. */
  success?: boolean;
  /** What its episodes are called at the end. */
  kind?: string;
  /** Of every step. */
  reward?: number;
}

interface ChainState {
  seed: number;
  step: number;
}

/** Counts its steps and shows `seed/step` as its prompt; for tests of whoever plays it. */
export class Chain implements Environment<string> {
  readonly spec = {
    id: "chain",
    horizon: 10,
    showsImages: false,
    factors: [{ name: "action", labels: ["go", "stay"] }],
  };
  readonly executed: string[] = [];
  readonly seeds: number[] = [];
  isClosed = false;
  readonly #options: ChainOptions;
  #state: ChainState = { seed: 0, step: 0 };

  constructor(options: ChainOptions) {
    this.#options = options;
  }

  async reset({ seed }: { seed: number }) {
    this.seeds.push(seed);
    this.#state = { seed, step: 0 };
    return this.#look();
  }

  async step(action: string): Promise<StepResult> {
    this.executed.push(action);
    this.#state = { ...this.#state, step: this.#state.step + 1 };
    const { length, ending, success, kind, reward = 1 } = this.#options;
    const isOver = this.#state.step === length;
    return {
      observation: this.#look(),
      reward,
      terminated: isOver && ending === "terminated",
      truncated: isOver && ending === "truncated",
      ...(isOver && ending === "fault" && { fault: "the chain broke" }),
      ...(isOver && success !== undefined && { success }),
      ...(isOver && kind !== undefined && { kind }),
      info: {},
    };
  }

  parse(utterance: string): ParseResult<string> {
    const action = ["go", "stay"].find((each) => utterance.includes(`"${each}"`));
    if (action !== undefined) return { kind: "action", action, factors: { action }, span: [0, 1] };
    return { kind: "invalid", reason: "no-legal-action", fallback: { kind: "random", among: ["go", "stay"] } };
  }

  state() {
    return { ...this.#state };
  }

  async restore(state: unknown) {
    this.#state = state as ChainState;
    return this.#look();
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }

  #look() {
    return { prompt: `${this.#state.seed}/${this.#state.step}` };
  }
}
