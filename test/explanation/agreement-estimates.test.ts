import { expect } from "chai";
import { agreementOf, type WeightPair } from "../../ts/explanation/agreement-estimates.ts";
import { RandomStream } from "../../ts/random.ts";

const twice = (weights: number[], exact: number[]): WeightPair => ({
  weights: Float32Array.from(weights),
  exact: Float32Array.from(exact),
});
const agreement = (...utterances: WeightPair[]) => agreementOf(utterances, new RandomStream(1));

describe("agreement of weights with exact effects", () => {
  it("tells an order within utterances from one across them", () => {
    // Within each utterance the token with effect weighs most; across them 0.3 without effect beats 0.2 with.
    const found = agreement(twice([0.1, 0.2], [0, 1]), twice([0.3, 0.4], [0, 1]));
    expect(found).to.include({ tokens: 4, positives: 2 });
    expect(found.auc?.value).to.equal(0.75);
    expect(found.perUtterance.auc).to.deep.equal({ value: 1, interval: [1, 1], utterances: 2 });
  });

  it("counts how many tokens with effect are found, and how many found ones have an effect", () => {
    const found = agreement(twice([0.9, 0.8, 0.7, 0.1], [1, 0.5, 0, 1]));
    expect(found.recall).to.be.closeTo(2 / 3, 1e-12);
    expect(found.precision).to.be.closeTo(2 / 3, 1e-12);
    expect(agreement(twice([0.1], [0]))).to.include({ recall: null, precision: null });
  });

  it("leaves out utterances for which a statistic is undefined, and is null where none is left", () => {
    const found = agreement(twice([0.1, 0.2], [0, 1]), twice([0.3, 0.4], [0, 0]));
    expect(found.perUtterance.auc?.utterances).to.equal(1);
    const undecided = agreement(twice([0.1, 0.2], [0, 0]));
    expect(undecided).to.deep.include({ auc: null, rankCorrelation: null });
    expect(undecided.perUtterance).to.deep.equal({ auc: null, rankCorrelation: null });
  });

  it("has intervals over utterances that hold the value, the same for the same stream", () => {
    const random = new RandomStream(7);
    const utterances = Array.from({ length: 40 }, () => {
      const exact = Array.from({ length: 10 }, (_, token) => (token < 3 ? 1 : 0));
      return twice(
        exact.map((effect) => 0.5 * random.float() + 0.2 * effect),
        exact,
      );
    });
    const found = agreement(...utterances);
    for (const { value, interval } of [found.auc, found.rankCorrelation, found.perUtterance.auc].flatMap(
      (e) => e ?? [],
    )) {
      const [low, high] = interval ?? [Number.NaN, Number.NaN];
      expect(low).to.be.below(value);
      expect(high).to.be.above(value);
      expect(high - low).to.be.below(0.2);
    }
    expect(agreement(...utterances)).to.deep.equal(found);
  });

  it("has no interval where some resample has no token with effect", () => {
    const found = agreement(twice([0.1, 0.2], [0, 1]), twice([0.1, 0.2], [0, 0]));
    expect(found.auc?.value).to.be.closeTo(5 / 6, 1e-12);
    expect(found.auc?.interval).to.equal(null);
  });
});
