import { expect } from "chai";
import fc from "fast-check";
import { nearest } from "../../ts/config/nearest.ts";

describe("nearest", () => {
  it("finds the key that was meant, and none where nothing is near", () => {
    expect(nearest("coeficient", ["coefficient", "reduction"])).to.equal("coefficient");
    expect(nearest("learningrate", ["valueLearningRate", "learningRate"])).to.equal("learningRate");
    expect(nearest("zebra", ["coefficient", "reduction"])).to.equal(undefined);
  });

  it("finds a key again in which one letter was dropped", () => {
    const keys = ["coefficient", "reduction", "temperature", "iterations", "environments"];
    fc.assert(
      fc.property(fc.constantFrom(...keys), fc.nat(), (key, at) => {
        const position = at % key.length;
        expect(nearest(key.slice(0, position) + key.slice(position + 1), keys)).to.equal(key);
      }),
    );
  });
});
