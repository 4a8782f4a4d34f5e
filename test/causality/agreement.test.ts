import { expect } from "chai";
import fc from "fast-check";
import { rankCorrelation, rankingOf, rocAuc } from "../../ts/causality/agreement.ts";

const auc = (weights: number[], effects: number[], counts?: number[]) =>
  rocAuc(
    rankingOf(weights),
    effects.map((effect) => effect > 0),
    counts,
  );
const rho = (one: number[], other: number[], counts?: number[]) =>
  rankCorrelation(rankingOf(one), rankingOf(other), counts);

/** By its definition, over all pairs. */
function pairwiseAuc(weights: readonly number[], effects: readonly number[]): number | null {
  const pairs = weights.flatMap((weight, i) =>
    weights.flatMap((other, j) =>
      (effects[i] ?? 0) > 0 && effects[j] === 0 ? [(Math.sign(weight - other) + 1) / 2] : [],
    ),
  );
  return pairs.length === 0 ? null : pairs.reduce((sum, won) => sum + won, 0) / pairs.length;
}

const small = fc.array(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 1 })), { maxLength: 12 });

describe("ROC-AUC of weights", () => {
  it("is 1 for a perfect order, 0 for its reverse, ½ where all weights are equal", () => {
    expect(auc([0.1, 0.2, 0.8, 0.9], [0, 0, 1, 1])).to.equal(1);
    expect(auc([0.9, 0.8, 0.2, 0.1], [0, 0, 1, 1])).to.equal(0);
    expect(auc([0.3, 0.3, 0.3, 0.3], [0, 0, 1, 1])).to.equal(0.5);
  });

  it("counts ties half: of 6 pairs here 4 are won, 1 is tied, 1 is lost", () => {
    // Tokens with effect weigh 0.5 and 0.2, those without 0.5, 0.1, 0.1: 0.5 ties one, beats two; 0.2 loses one, beats two.
    expect(auc([0.5, 0.2, 0.5, 0.1, 0.1], [1, 0.25, 0, 0, 0])).to.be.closeTo(4.5 / 6, 1e-12);
  });

  it("is undefined without tokens of both kinds", () => {
    expect(auc([0.1, 0.2], [0, 0])).to.equal(null);
    expect(auc([0.1, 0.2], [1, 1])).to.equal(null);
    expect(auc([], [])).to.equal(null);
  });

  it("is the share of pairs won, whatever the values", () => {
    fc.assert(
      fc.property(small, (tokens) => {
        const weights = tokens.map(([weight]) => weight);
        const effects = tokens.map(([, effect]) => effect);
        const expected = pairwiseAuc(weights, effects);
        const found = auc(weights, effects);
        if (expected === null) return found === null;
        return found !== null && Math.abs(found - expected) < 1e-9;
      }),
    );
  });
});

describe("rank correlation", () => {
  it("is 1 and −1 for equal and opposite orders, whatever the distances", () => {
    expect(rho([1, 2, 3, 4], [0.1, 5, 6, 700])).to.be.closeTo(1, 1e-12);
    expect(rho([1, 2, 3, 4], [9, 8, 1, 0])).to.be.closeTo(-1, 1e-12);
  });

  it("agrees with 1 − 6 Σd² / n(n² − 1) where nothing is tied", () => {
    // Ranks 1 2 3 4 5 against 2 1 4 3 5: Σd² = 4, so ρ = 1 − 24/120.
    expect(rho([10, 20, 30, 40, 50], [2, 1, 4, 3, 5])).to.be.closeTo(0.8, 1e-12);
  });

  it("gives ties their mean rank", () => {
    // Ranks 1, 2.5, 2.5, 4 against 1.5, 1.5, 3, 4: deviations −1.5 0 0 1.5 and −1 −1 0.5 1.5.
    expect(rho([1, 2, 2, 3], [0, 0, 1, 2])).to.be.closeTo(3.75 / 4.5, 1e-12);
  });

  it("is undefined where one side is constant", () => {
    expect(rho([1, 2, 3], [5, 5, 5])).to.equal(null);
    expect(rho([1], [2])).to.equal(null);
  });
});

describe("counts", () => {
  it("a value counted twice is as good as two values", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(4), fc.nat(2), fc.nat(3)), { maxLength: 10 }), (tokens) => {
        const repeated = tokens.flatMap(([weight, effect, count]) =>
          Array.from({ length: count }, () => [weight, effect]),
        );
        const columns = (rows: readonly (readonly number[])[]) =>
          [0, 1].map((column) => rows.map((row) => row[column] ?? 0));
        const [weights = [], effects = []] = columns(tokens);
        const [moreWeights = [], moreEffects = []] = columns(repeated);
        const counts = tokens.map(([, , count]) => count);
        for (const statistic of [auc, rho]) {
          const found = statistic(weights, effects, counts);
          const expected = statistic(moreWeights, moreEffects);
          if (found === null || expected === null) expect(found).to.equal(expected);
          else expect(found).to.be.closeTo(expected, 1e-9);
        }
      }),
    );
  });
});
