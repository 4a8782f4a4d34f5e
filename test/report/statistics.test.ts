import { expect } from "chai";
import fc from "fast-check";
import { RandomStream } from "../../ts/random.ts";
import {
  bootstrapInterval,
  interquartileMean,
  mean,
  probabilityOfImprovement,
  stratifiedInterval,
  wilsonInterval,
} from "../../ts/report/statistics.ts";

const counts = fc.nat(2000).chain((trials) => fc.tuple(fc.nat(trials), fc.constant(trials)));
const values = fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 1, maxLength: 12 });

describe("wilsonInterval", () => {
  // R. G. Newcombe, Statistics in Medicine 17 (1998), 857–872, Table I, method 3.
  const published: [successes: number, trials: number, low: number, high: number][] = [
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ];
  for (const [successes, trials, low, high] of published) {
    it(`agrees with Newcombe's table on ${successes}/${trials}`, () => {
      const interval = wilsonInterval(successes, trials);
      expect(interval[0]).to.be.closeTo(low, 5e-5);
      expect(interval[1]).to.be.closeTo(high, 5e-5);
    });
  }

  it("agrees with scipy 1.17 (binomtest(…).proportion_ci(method='wilson')) at other confidences", () => {
    const [low90, high90] = wilsonInterval(190, 200, 0.9);
    expect(low90).to.be.closeTo(0.9181081670817904, 1e-12);
    expect(high90).to.be.closeTo(0.9698793883289113, 1e-12);
    const [low99, high99] = wilsonInterval(200, 200, 0.99);
    expect(low99).to.be.closeTo(0.967890725573657, 1e-12);
    expect(high99).to.equal(1);
  });

  it("knows nothing without trials", () => {
    expect(wilsonInterval(0, 0)).to.deep.equal([0, 1]);
  });

  it("lies within [0, 1], holds the rate, and mirrors when success and failure swap", () => {
    fc.assert(
      fc.property(counts, ([successes, trials]) => {
        const [low, high] = wilsonInterval(successes, trials);
        expect(low).to.be.within(0, high);
        expect(high).to.be.at.most(1);
        if (trials > 0) expect(successes / trials).to.be.within(low, high);
        const mirrored = wilsonInterval(trials - successes, trials);
        expect(mirrored[0]).to.be.closeTo(1 - high, 1e-12);
        expect(mirrored[1]).to.be.closeTo(1 - low, 1e-12);
      }),
    );
  });

  it("widens with confidence", () => {
    fc.assert(
      fc.property(counts, ([successes, trials]) => {
        const [narrow, wide] = [wilsonInterval(successes, trials, 0.9), wilsonInterval(successes, trials, 0.99)];
        expect(wide[0]).to.be.at.most(narrow[0]);
        expect(wide[1]).to.be.at.least(narrow[1]);
      }),
    );
  });

  it("refuses counts that are none", () => {
    expect(() => wilsonInterval(3, 2)).to.throw(RangeError, "3 of 2");
    expect(() => wilsonInterval(0.5, 2)).to.throw(RangeError);
  });
});

describe("interquartileMean", () => {
  it("agrees with scipy 1.17 (trim_mean(values, 0.25))", () => {
    expect(interquartileMean([1, 2, 3, 4, 5, 6, 7, 100])).to.equal(4.5);
    expect(interquartileMean([3, 1, 9, 40, 5])).to.be.closeTo(5.666666666666667, 1e-12);
  });

  it("equals the mean of fewer than four values", () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1, maxLength: 3 }), (few) => {
        expect(interquartileMean(few)).to.be.closeTo(mean(few), 1e-6);
      }),
    );
  });
});

describe("bootstrapInterval", () => {
  it("approaches the normal interval of a mean", () => {
    const sample = Array.from({ length: 100 }, (_, index) => index);
    // Standard error of the plug-in distribution: sqrt((100² − 1) / 12) / sqrt(100).
    const halfWidth = 1.96 * (Math.sqrt((100 ** 2 - 1) / 12) / 10);
    const [low, high] = bootstrapInterval(sample, new RandomStream(1));
    expect(low).to.be.closeTo(49.5 - halfWidth, 0.3);
    expect(high).to.be.closeTo(49.5 + halfWidth, 0.3);
  });

  it("stays within the values, and is the same for the same stream", () => {
    fc.assert(
      fc.property(values, fc.nat(), (sample, seed) => {
        const interval = bootstrapInterval(sample, new RandomStream(seed), mean, 200);
        expect(interval[0]).to.be.at.least(Math.min(...sample) - 1e-9);
        expect(interval[1]).to.be.at.most(Math.max(...sample) + 1e-9);
        expect(bootstrapInterval(sample, new RandomStream(seed), mean, 200)).to.deep.equal(interval);
      }),
      { numRuns: 30 },
    );
  });

  it("takes any statistic", () => {
    const outlier = [1, 2, 3, 4, 5, 6, 7, 1000];
    const ofMean = bootstrapInterval(outlier, new RandomStream(1), mean, 2000);
    const ofMiddle = bootstrapInterval(outlier, new RandomStream(1), interquartileMean, 2000);
    expect(ofMiddle[0]).to.be.at.least(1);
    expect(ofMiddle[1]).to.be.below(ofMean[1]);
  });

  it("is too narrow of three values: it leaves their true mean out one time in four", () => {
    const random = new RandomStream(3);
    const normal = () => Math.sqrt(-2 * Math.log(1 - random.float())) * Math.cos(2 * Math.PI * random.float());
    const samples = 800;
    let missed = 0;
    for (let sample = 0; sample < samples; sample++) {
      const [low, high] = bootstrapInterval([normal(), normal(), normal()], random, mean, 300);
      if (low > 0 || high < 0) missed++;
    }
    // Four standard errors of a share of 1 / 4.
    expect(missed / samples).to.be.closeTo(0.25, 4 * Math.sqrt((0.25 * 0.75) / samples));
  });

  it("refuses to speak of no values", () => {
    expect(() => bootstrapInterval([], new RandomStream(1))).to.throw(RangeError);
  });
});

describe("stratifiedInterval", () => {
  it("draws from every stratum by itself: what tasks differ by adds nothing to the interval", () => {
    const within = [0, 0.1, 0.2, 0.3];
    const far = within.map((value) => value + 100);
    const spread = ([low, high]: readonly [number, number]) => high - low;
    const ofTasks = (strata: readonly (readonly number[])[]) => mean(strata.map(mean));
    const stratified = stratifiedInterval([within, far], new RandomStream(1), ofTasks);
    const pooled = bootstrapInterval([...within, ...far], new RandomStream(1));
    expect(spread(stratified)).to.be.below(0.3);
    expect(spread(pooled)).to.be.above(50);
  });

  it("of one stratum is the ordinary bootstrap, draw for draw", () => {
    fc.assert(
      fc.property(values, fc.nat(), (sample, seed) => {
        const stratified = stratifiedInterval([sample], new RandomStream(seed), ([drawn = []]) => mean(drawn), 100);
        expect(stratified).to.deep.equal(bootstrapInterval(sample, new RandomStream(seed), mean, 100));
      }),
      { numRuns: 20 },
    );
  });

  it("does not narrow for a stratum of one value: that one is always drawn", () => {
    const interval = stratifiedInterval([[0.2], [0.5]], new RandomStream(1), (strata) => mean(strata.flat()), 50);
    expect(interval).to.deep.equal([0.35, 0.35]);
  });
});

describe("probabilityOfImprovement", () => {
  it("counts P(A > B) over every combination, ties half (Mann–Whitney U = 5.5 of 9, by hand)", () => {
    expect(probabilityOfImprovement([2, 3, 4], [1, 3, 3.5])).to.be.closeTo(5.5 / 9, 1e-12);
  });

  it("is a half against itself, and what is left of 1 the other way round", () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        expect(probabilityOfImprovement(a, a)).to.be.closeTo(0.5, 1e-12);
        expect(probabilityOfImprovement(a, b) + probabilityOfImprovement(b, a)).to.be.closeTo(1, 1e-12);
      }),
    );
  });
});
