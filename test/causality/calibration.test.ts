import { expect } from "chai";
import { calibrationError, confidenceBins } from "../../ts/causality/calibration.ts";

const predictions = (confidence: number, correct: number, wrong: number) =>
  Array.from({ length: correct + wrong }, (_, index) => ({ confidence, isCorrect: index < correct }));

describe("calibration", () => {
  it("puts confidences into ten bins, each with its low end and 1 with the last", () => {
    const bins = confidenceBins([...predictions(0.1, 1, 0), ...predictions(0.55, 1, 1), ...predictions(1, 2, 0)]);
    expect(bins.map(({ count }) => count)).to.deep.equal([0, 1, 0, 0, 0, 1 + 1, 0, 0, 0, 2]);
    expect(bins[5]).to.deep.equal({ low: 0.5, high: 0.6, count: 2, confidence: 0.55, accuracy: 0.5 });
    expect(bins[0]).to.deep.equal({ low: 0, high: 0.1, count: 0, confidence: null, accuracy: null });
  });

  it("averages the gaps by the bins' sizes", () => {
    // |0.95 − 0.5| over 8 of 10, |0.25 − 1| over 2 of 10.
    const bins = confidenceBins([...predictions(0.95, 4, 4), ...predictions(0.25, 2, 0)]);
    expect(calibrationError(bins)).to.be.closeTo(0.8 * 0.45 + 0.2 * 0.75, 1e-12);
  });

  it("is 0 for a model that is right as often as it says, and undefined without predictions", () => {
    expect(calibrationError(confidenceBins(predictions(0.75, 3, 1)))).to.equal(0);
    expect(calibrationError(confidenceBins([]))).to.equal(null);
  });
});
