import { offlineDeterminants } from "../training/offline-origin.ts";
import type { Trial } from "./definition.ts";

/**
 * Of each trial, those whose offline stage it could take over, itself included, best first. All trials with the same
 * list have the same offline stage, so that only the first of it need do it. A trial without an SCM prefers one
 * with: φ has no part in what SFT does to θ.
 */
export function offlineOrigins(trials: readonly Trial[]): ReadonlyMap<Trial, readonly Trial[]> {
  const keys = new Map(trials.map((trial) => [trial, keyOf(trial)]));
  return new Map(
    trials.map((trial) => {
      const own = keys.get(trial);
      const alike = trials.filter((other) => keys.get(other)?.shared === own?.shared);
      const withScm = alike.filter((other) => keys.get(other)?.scm !== NO_SCM);
      if (own?.scm !== NO_SCM) return [trial, withScm.filter((other) => keys.get(other)?.scm === own?.scm)];
      return [trial, [...withScm, ...alike.filter((other) => !withScm.includes(other))]];
    }),
  );
}

const NO_SCM = "null";

function keyOf({ experiment }: Trial): { shared: string; scm: string } {
  const { scm, ...shared } = offlineDeterminants(experiment);
  return { shared: JSON.stringify(shared), scm: JSON.stringify(scm) };
}
