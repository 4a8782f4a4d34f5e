import type { Mixture } from "./ledger.ts";
import type { Learning } from "./trainer.ts";
import type { Player, World } from "./world.ts";

/**
 * Algorithm 1 as `ts/train.ts` runs it: every environment takes its steps, then all GPUs weigh and learn, then all begin
 * anew. Environments of one group wait for each other; while one group's step, engines speak for the others'.
 * @param onUpdate hears of every update once it is over.
 */
export function playInLockstep(
  world: World,
  rules: { readonly groups: number; readonly stepsPerEnvironment: number; readonly learning: Learning },
  onUpdate: () => void,
): void {
  const groups = Array.from({ length: rules.groups }, (_, group) =>
    world.players.filter((_, index) => Math.floor((index * rules.groups) / world.players.length) === group),
  ).filter((players) => players.length > 0);

  function rollOut(): void {
    let playing = groups.length;
    for (const [group, players] of groups.entries()) {
      takeSteps(players, group, rules.stepsPerEnvironment, () => {
        playing -= 1;
        if (playing === 0) learn();
      });
    }
  }

  function takeSteps(players: readonly Player[], group: number, left: number, onEnd: () => void): void {
    if (left === 0) {
      onEnd();
      return;
    }
    let waitedFor = players.length;
    world.play(players, group, () => {
      waitedFor -= 1;
      if (waitedFor === 0) takeSteps(players, group, left - 1, onEnd);
    });
  }

  function learn(): void {
    occupyAll(world, rules.learning.seconds, rules.learning.mixture, () => {
      onUpdate();
      rollOut();
    });
  }

  rollOut();
}

/** Holds every engine's GPU; all of them together are what learns. */
export function occupyAll(world: World, seconds: number, mixture: Mixture, onEnd: () => void): void {
  let working = world.engines.length;
  for (const engine of world.engines) {
    engine.occupy(seconds, mixture, () => {
      working -= 1;
      if (working === 0) onEnd();
    });
  }
}
