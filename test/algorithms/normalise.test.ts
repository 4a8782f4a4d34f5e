import { expect } from "chai";
import fc from "fast-check";
import { normaliseAdvantages } from "../../ts/algorithms/normalise.ts";

describe("normaliseAdvantages", () => {
  it("gives mean 0 and unbiased standard deviation 1", () => {
    const [a = 0, b = 0, c = 0] = normaliseAdvantages(Float32Array.of(1, 2, 3), 0);
    expect([a, b, c].map((value) => value.toFixed(4))).to.deep.equal(["-1.0000", "0.0000", "1.0000"]);
  });

  it("keeps order and shrinks, never grows, when there is a floor", () => {
    const batch = fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 2, maxLength: 20 });
    fc.assert(
      fc.property(batch, fc.double({ min: 0, max: 3, noNaN: true }), (values, floor) => {
        const free = normaliseAdvantages(Float32Array.from(values), 0);
        const floored = normaliseAdvantages(Float32Array.from(values), floor);
        for (const [index, value] of floored.entries()) {
          const other = free[index] ?? 0;
          expect(Math.abs(value)).to.be.at.most(Math.abs(other) + 1e-6);
          expect(value * other).to.be.at.least(0);
        }
      }),
    );
  });

  it("divides by the floor where the batch varies less", () => {
    const [first = 0, second = 0] = normaliseAdvantages(Float32Array.of(0.01, -0.01), 0.1);
    expect(first).to.be.closeTo(0.1, 1e-4);
    expect(second).to.be.closeTo(-0.1, 1e-4);
  });

  it("leaves a single advantage as it is", () => {
    expect([...normaliseAdvantages(Float32Array.of(3), 0)]).to.deep.equal([3]);
  });
});
