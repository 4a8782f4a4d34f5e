import type { BlackjackAction, HandCount } from "./rules.ts";

/**
 * Basic strategy for an endless deck without doubling, splitting or a bonus for naturals; the dealer stands on every 17.
 *
 * @param shown value of the dealer's open card, 1 (ace) to 10.
 */
export function basicStrategy({ total, isSoft }: HandCount, shown: number): BlackjackAction {
  return total >= standsFrom(isSoft, shown) ? "stand" : "hit";
}

/** The least total to stand on. */
function standsFrom(isSoft: boolean, shown: number): number {
  if (isSoft) return shown === 1 || shown >= 9 ? 19 : 18;
  if (shown === 1 || shown >= 7) return 17;
  return shown <= 3 ? 13 : 12;
}
