import { expect } from "chai";
import fc from "fast-check";
import { valueMetrics } from "../../ts/training/iteration-metrics.ts";

const explained = (values: readonly number[], returns: readonly number[]) =>
  valueMetrics(values, Float32Array.from(returns))["value/explained_variance"];

describe("valueMetrics", () => {
  it("is 1 for values that are the returns, 0 for a constant, and less for values that are worse", () => {
    const returns = [50, 0, -1, 49, 3];
    expect(explained(returns, returns)).to.equal(1);
    expect(explained([7, 7, 7, 7, 7], returns)).to.be.closeTo(0, 1e-9);
    expect(explained([0, 50, 50, 0, 0], returns)).to.be.lessThan(0);
  });

  it("does not mind by how much all values are off", () => {
    const numbers = fc.array(fc.integer({ min: -60, max: 60 }), { minLength: 2, maxLength: 20 });
    fc.assert(
      fc.property(numbers, fc.integer({ min: -100, max: 100 }), (returns, offset) => {
        fc.pre(new Set(returns).size > 1);
        const values = returns.map((_, place) => place % 3);
        const moved = explained(
          values.map((value) => value + offset),
          returns,
        );
        expect(moved).to.be.closeTo(explained(values, returns) ?? Number.NaN, 1e-6);
      }),
    );
  });

  it("is left out where all returns are equal", () => {
    expect(valueMetrics([1, 2], Float32Array.of(5, 5))).to.deep.equal({ "rollout/value": 1.5 });
  });
});
