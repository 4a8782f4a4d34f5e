import { expect } from "chai";
import fc from "fast-check";
import { addWeights, emptyHistogram, weightDistribution } from "../../ts/training/weight-histogram.ts";

describe("weight histogram", () => {
  it("counts every weight once, whatever the batches", () => {
    const weights = fc.array(fc.float({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(weights, fc.nat(), (all, cut) => {
        const array = Float32Array.from(all);
        const at = cut % (all.length + 1);
        const histogram = addWeights(addWeights(emptyHistogram(), array.subarray(0, at)), array.subarray(at));
        const distribution = weightDistribution(histogram);
        expect(distribution?.counts.reduce((sum, count) => sum + count, 0)).to.equal(all.length);
        expect(distribution?.counts).to.have.length(20);
        expect(distribution?.mean).to.be.closeTo(all.reduce((sum, weight) => sum + weight, 0) / all.length, 1e-6);
        expect(distribution?.shareBelow02).to.equal(array.filter((weight) => weight < 0.2).length / all.length);
      }),
    );
  });

  it("puts 1 into the last bin and says nothing of no weights", () => {
    expect(addWeights(emptyHistogram(), Float32Array.of(1, 0)).counts)
      .to.include.members([1])
      .and.to.have.property("19", 1);
    expect(weightDistribution(emptyHistogram())).to.equal(null);
  });
});
