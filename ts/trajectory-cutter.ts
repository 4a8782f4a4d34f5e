import type { Observation } from "./environments/environment.ts";
import { isOver } from "./episode.ts";
import type { Interaction } from "./interaction.ts";
import type { Step, Trajectory } from "./trajectory.ts";

/** Cuts one environment's steps where episodes end. */
export class TrajectoryCutter {
  readonly #environment: number;
  readonly #pieces: Trajectory[] = [];
  #steps: Step[] = [];
  #next: Observation | undefined;

  constructor(environment: number) {
    this.#environment = environment;
  }

  add(id: number, { observation, utterance, parse, action, value, tokenCount, result }: Interaction): void {
    const { reward, terminated, truncated } = result;
    this.#steps.push({
      id,
      observation,
      utterance,
      parse,
      action,
      reward,
      terminated,
      truncated,
      value,
      tokenCount,
    });
    this.#next = result.observation;
    if (isOver(result)) this.#cut();
  }

  /** All pieces, the one that the rollout's end cuts off included. */
  pieces(): readonly Trajectory[] {
    this.#cut();
    return this.#pieces;
  }

  #cut(): void {
    if (this.#next === undefined || this.#steps.length === 0) return;
    this.#pieces.push({ environment: this.#environment, steps: this.#steps, next: this.#next });
    this.#steps = [];
  }
}
