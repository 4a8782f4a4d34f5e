import { occupyAll } from "./lockstep.ts";
import type { Learning } from "./trainer.ts";
import type { Player, World } from "./world.ts";

/** How many versions of the weights had come since a step was begun, over all steps that were learned from. */
export interface Staleness {
  steps: number;
  sum: number;
  max: number;
  /** Steps that were too old when their batch was filled, and were thrown away. */
  discarded: number;
}

/**
 * Every environment goes on as soon as it can, and an update begins as soon as a batch is there. A step may begin only if
 * the batch that it is for will be learned from at most `staleness` versions later: so many batches may be under way.
 * Environments with long steps can still exceed it; their steps are discarded, so that the bound holds for all that is learned.
 * @param trainers their GPUs, or null where engines' GPUs learn too.
 */
export function playAtOwnPace(
  world: World,
  rules: {
    readonly batch: number;
    readonly staleness: number;
    readonly learning: Learning;
    readonly handOver: number;
    readonly trainers: number | null;
  },
  onUpdate: () => void,
): Staleness {
  const { batch, staleness, learning, handOver } = rules;
  const found: Staleness = { steps: 0, sum: 0, max: 0, discarded: 0 };
  const trainer = rules.trainers === null ? null : world.ledger.device(rules.trainers, "trainer");
  const gated: Player[] = [];
  /** Versions that finished steps were begun under. */
  let finished: number[] = [];
  let version = 0;
  let begun = 0;
  let isLearning = false;

  function goOn(player: Player): void {
    if (begun >= (version + staleness + 1) * batch) {
      world.ledger.move("elsewhere", "gated");
      gated.push(player);
      return;
    }
    begun += 1;
    const bornIn = version;
    world.play([player], 0, () => {
      finished.push(bornIn);
      learnIfThereIsABatch();
      goOn(player);
    });
  }

  function release(): void {
    for (const player of gated.splice(0)) {
      world.ledger.move("gated", "elsewhere");
      goOn(player);
    }
  }

  function learnIfThereIsABatch(): void {
    if (isLearning || finished.length < batch) return;
    const fresh = finished.filter((bornIn) => version - bornIn <= staleness);
    const tooOld = finished.length - fresh.length;
    finished = fresh;
    found.discarded += tooOld;
    begun -= tooOld;
    if (tooOld > 0) release();
    if (finished.length >= batch) learn(finished.splice(0, batch));
  }

  function learn(bornIn: readonly number[]): void {
    isLearning = true;
    for (const one of bornIn) {
      found.steps += 1;
      found.sum += version - one;
      found.max = Math.max(found.max, version - one);
    }
    if (trainer === null) {
      occupyAll(world, learning.seconds, learning.mixture, finish);
      return;
    }
    trainer.busy(learning.mixture);
    world.clock.after(learning.seconds, () => {
      trainer.rest();
      for (const engine of world.engines) engine.occupy(handOver, [["hand-over", 1]], () => {});
      finish();
    });
  }

  function finish(): void {
    isLearning = false;
    version += 1;
    onUpdate();
    release();
    learnIfThereIsABatch();
  }

  for (const player of world.players) goOn(player);
  return found;
}
