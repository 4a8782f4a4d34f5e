import { expect } from "chai";
import fc from "fast-check";
import { bestEpisodes, monteCarloReturns, quantileOf, stepAdvantages } from "../../ts/algorithms/awr.ts";

const settings = { gamma: 0.5, advantageCost: 0.05 };

describe("monteCarloReturns", () => {
  it("discounts what comes later, within one episode", () => {
    expect(monteCarloReturns([0, -1, 1], 0.5)).to.deep.equal([-0.25, -0.5, 1]);
    expect(monteCarloReturns([], 0.5)).to.deep.equal([]);
  });

  it("equals the direct sum Σ_k γ^k r_{t+k}", () => {
    const rewards = fc.array(fc.integer({ min: -3, max: 3 }), { maxLength: 12 });
    fc.assert(
      fc.property(rewards, fc.double({ min: 0, max: 1, noNaN: true }), (steps, gamma) => {
        const expected = steps.map((_, t) => steps.slice(t).reduce((sum, reward, k) => sum + gamma ** k * reward, 0));
        for (const [t, found] of monteCarloReturns(steps, gamma).entries()) {
          expect(found).to.be.closeTo(expected[t] ?? Number.NaN, 1e-9);
        }
      }),
    );
  });
});

describe("stepAdvantages", () => {
  it("is 1 where a step improved on what was expected, by hand", () => {
    // V(s') − V(s) − 0.05 + r + R: 0.2 − 0.05 + 0 + 0.25; −0.5 − 0.05 + 0 + 0.5; 0.6 − 0.05 + 1 + 1.
    expect(stepAdvantages([0, 0, 1], { ...settings, values: [0.5, 0.7, 0.2, 0.8] })).to.deep.equal([1, 0, 1]);
    // What costs as much as it gains is no improvement: 0.05 − 0.05 with returns of 0.
    expect(stepAdvantages([0], { ...settings, values: [0.5, 0.55 - 1e-9] })).to.deep.equal([0]);
    expect(stepAdvantages([0], { ...settings, values: [0.5, 0.56] })).to.deep.equal([1]);
  });

  it("is what the reference's clamp to [0, 1] and threshold at 0 come to", () => {
    const reward = fc.constantFrom(-1, 0, 1);
    const value = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(reward, { minLength: 1, maxLength: 8 }), fc.infiniteStream(value), (rewards, stream) => {
        const values = [...stream.take(rewards.length + 1)];
        const returns = monteCarloReturns(rewards, settings.gamma);
        const clamped = rewards.map((r, t) => {
          const sum = (values[t + 1] ?? 0) - (values[t] ?? 0) - 0.05 + r + (returns[t] ?? 0);
          return Math.min(1, Math.max(0, sum)) > 0 ? 1 : 0;
        });
        expect(stepAdvantages(rewards, { ...settings, values })).to.deep.equal(clamped);
      }),
    );
  });
});

describe("the filter of episodes", () => {
  it("interpolates quantiles as NumPy does", () => {
    // numpy.quantile([3, 1, 2, 10], 0.9) = 7.9
    expect(quantileOf([3, 1, 2, 10], 0.9)).to.be.closeTo(7.9, 1e-12);
    expect(quantileOf([5], 0.9)).to.equal(5);
    expect(quantileOf([1, 2], 0)).to.equal(1);
    expect(quantileOf([1, 2], 1)).to.equal(2);
    expect(() => quantileOf([], 0.5)).to.throw(RangeError);
  });

  it("takes a tenth of twenty, and everything that ties at the cutoff", () => {
    const scores = Array.from({ length: 20 }, (_, place) => (place * 7) % 20);
    const { places, cutoff } = bestEpisodes(scores, 0.9);
    expect(places.map((place) => scores[place]).sort()).to.deep.equal([18, 19]);
    expect(cutoff).to.be.closeTo(17.1, 1e-9);
    expect(bestEpisodes([1, 0, 1, 1], 0.9).places).to.deep.equal([0, 2, 3]);
    expect(bestEpisodes([0, 0], 0.9).places).to.deep.equal([0, 1]);
  });
});
