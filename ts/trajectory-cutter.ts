import type { Observation } from "./environments/environment.ts";
import { isOver } from "./episode.ts";
import type { Interaction } from "./interaction.ts";
import type { Step } from "./trajectory.ts";

/** Consecutive steps within one episode. `next`: what the agent saw after the last one; null when it terminated. */
export interface Piece {
  steps: Step[];
  next: Observation | null;
}

/** Cuts one environment's steps where episodes end. */
export class TrajectoryCutter {
  readonly #pieces: Piece[] = [];
  #steps: Step[] = [];
  #next: Observation | null = null;

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
    this.#next = terminated ? null : result.observation;
    if (isOver(result)) this.#cut();
  }

  /** All pieces, the one that the rollout's end cuts off included. */
  pieces(): readonly Piece[] {
    if (this.#steps.length > 0) this.#cut();
    return this.#pieces;
  }

  #cut(): void {
    this.#pieces.push({ steps: this.#steps, next: this.#next });
    this.#steps = [];
  }
}
