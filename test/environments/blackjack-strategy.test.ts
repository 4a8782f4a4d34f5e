import { expect } from "chai";
import { basicStrategy } from "../../ts/environments/blackjack/strategy.ts";

/** Values 1–10 and their probabilities. */
const VALUES = Array.from({ length: 10 }, (_, index) => ({ value: index + 1, share: (index === 9 ? 4 : 1) / 13 }));

interface Hand {
  /** Aces as 1. */
  hard: number;
  hasAce: boolean;
}

const withCard = ({ hard, hasAce }: Hand, value: number): Hand => ({
  hard: hard + value,
  hasAce: hasAce || value === 1,
});
const isSoft = ({ hard, hasAce }: Hand) => hasAce && hard <= 11;
const totalOf = (hand: Hand) => (isSoft(hand) ? hand.hard + 10 : hand.hard);

/** How likely the dealer ends at each total from `hand`, with a bust as 0. */
function dealerEnds(hand: Hand): Map<number, number> {
  const total = totalOf(hand);
  if (total >= 17) return new Map([[total > 21 ? 0 : total, 1]]);
  const ends = new Map<number, number>();
  for (const { value, share } of VALUES) {
    for (const [end, chance] of dealerEnds(withCard(hand, value))) ends.set(end, (ends.get(end) ?? 0) + share * chance);
  }
  return ends;
}

/** Expected rewards of both actions, where the best follows, by dynamic programming. */
function solver(shown: number) {
  const ends = dealerEnds(withCard({ hard: 0, hasAce: false }, shown));
  const kept = new Map<string, { stand: number; hit: number }>();
  const rewards = (hand: Hand): { stand: number; hit: number } => {
    const key = `${hand.hard}/${hand.hasAce}`;
    const known = kept.get(key);
    if (known !== undefined) return known;
    let stand = 0;
    for (const [end, chance] of ends) stand += chance * Math.sign(totalOf(hand) - end);
    let hit = 0;
    for (const { value, share } of VALUES) {
      const next = withCard(hand, value);
      const best = next.hard > 21 ? -1 : Math.max(...Object.values(rewards(next)));
      hit += share * best;
    }
    kept.set(key, { stand, hit });
    return { stand, hit };
  };
  return rewards;
}

describe("basic strategy", () => {
  it("is the optimum of the rules, for every hand against every card", () => {
    for (const { value: shown } of VALUES) {
      const rewards = solver(shown);
      for (const hasAce of [false, true]) {
        for (let hard = hasAce ? 2 : 4; hard <= 21; hard++) {
          const hand = { hard, hasAce };
          const { stand, hit } = rewards(hand);
          const chosen = basicStrategy({ total: totalOf(hand), isSoft: isSoft(hand) }, shown);
          const what = `${isSoft(hand) ? "soft" : "hard"} ${totalOf(hand)} against ${shown}: ${stand} or ${hit}`;
          expect(chosen, what).to.equal(hit > stand ? "hit" : "stand");
        }
      }
    }
  });
});
