import { expect } from "chai";
import fc from "fast-check";
import { editDistance, nearest } from "../../ts/config/nearest.ts";

describe("nearest", () => {
  it("finds the key that was meant, and none where nothing is near", () => {
    expect(nearest("coeficient", ["coefficient", "reduction"])).to.equal("coefficient");
    expect(nearest("learningrate", ["learningRate", "valueLearningRate"])).to.equal("learningRate");
    expect(nearest("zebra", ["coefficient", "reduction"])).to.equal(undefined);
  });
});

describe("editDistance", () => {
  it("is a metric", () => {
    const word = fc.string({ maxLength: 6 });
    fc.assert(
      fc.property(word, word, word, (a, b, c) => {
        expect(editDistance(a, b)).to.equal(editDistance(b, a));
        expect(editDistance(a, b) === 0).to.equal(a === b);
        expect(editDistance(a, c)).to.be.at.most(editDistance(a, b) + editDistance(b, c));
      }),
    );
  });
});
