import { setImmediate as aTick } from "node:timers/promises";
import { Chain, type ChainOptions } from "./chain.ts";

/** A chain that does something of its own before each step. */
export class Paced extends Chain {
  readonly #beforeStep: () => Promise<void>;

  constructor(options: ChainOptions, beforeStep: () => Promise<void>) {
    super(options);
    this.#beforeStep = beforeStep;
  }

  override async step(action: string) {
    await this.#beforeStep();
    return super.step(action);
  }
}

/** Lets `count` rounds of whatever waits go by. */
export async function ticks(count: number): Promise<void> {
  for (let tick = 0; tick < count; tick++) await aTick();
}

/** A promise, and what fulfils it. */
export function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
