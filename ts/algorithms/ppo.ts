import type { AssignCredit } from "./algorithm.ts";
import { type GaeSettings, gae } from "./gae.ts";
import { normaliseAdvantages } from "./normalise.ts";

export interface PpoCreditSettings extends GaeSettings {
  normaliseAdvantages: boolean;
  /** Normalisation divides by no less than this. */
  advantageStdFloor: number;
}

/** PPO's credit: GAE, its advantages normalised over the batch where asked for; returns are never normalised. */
export function ppoCredit(settings: PpoCreditSettings): AssignCredit {
  return (trajectories) => {
    const { advantages, returns } = gae(settings)(trajectories);
    if (!settings.normaliseAdvantages) return { advantages, returns };
    return { advantages: normaliseAdvantages(advantages, settings.advantageStdFloor), returns };
  };
}
