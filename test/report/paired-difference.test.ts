import { expect } from "chai";
import fc from "fast-check";
import { RandomStream } from "../../ts/random.ts";
import { pairedDifference, reversed, supportsImprovement } from "../../ts/report/paired-difference.ts";

const rate = fc.double({ min: 0, max: 1, noNaN: true });
const pairs = fc
  .array(fc.tuple(rate, rate), { minLength: 1, maxLength: 6 })
  .map((both) => ({ a: both.map(([one]) => one), b: both.map(([, other]) => other) }));

describe("pairedDifference", () => {
  it("drops what the pairs share", () => {
    const b = [0.1, 0.9, 0.5, 0.3];
    const a = b.map((value) => value + 0.05);
    const { difference, interval, student, pairs: count } = pairedDifference([{ a, b }], new RandomStream(1));
    expect(count).to.equal(4);
    for (const value of [difference, ...interval, ...(student ?? [])]) expect(value).to.be.closeTo(0.05, 1e-9);
  });

  it("is that from the other side when the sides swap", () => {
    fc.assert(
      fc.property(fc.array(pairs, { minLength: 1, maxLength: 3 }), (tasks) => {
        const forward = pairedDifference(tasks, new RandomStream(3));
        const swapped = tasks.map(({ a, b }) => ({ a: b, b: a }));
        const backward = reversed(pairedDifference(swapped, new RandomStream(3)));
        expect(forward.difference).to.be.closeTo(backward.difference, 1e-12);
        expect(forward.interval[0]).to.be.closeTo(backward.interval[0], 1e-9);
        expect(forward.interval[1]).to.be.closeTo(backward.interval[1], 1e-9);
        expect(forward.student?.[0] ?? 0).to.be.closeTo(backward.student?.[0] ?? 0, 1e-9);
        expect(forward.probabilityOfImprovement).to.be.closeTo(backward.probabilityOfImprovement, 1e-12);
      }),
      { numRuns: 10 },
    );
  });

  it("weighs tasks alike, however many runs each has", () => {
    const tasks = [
      { a: [1, 1, 1, 1], b: [0, 0, 0, 0] },
      { a: [0, 0], b: [0.5, 0.5] },
    ];
    const {
      difference,
      interval,
      pairs: count,
      probabilityOfImprovement,
    } = pairedDifference(tasks, new RandomStream(1));
    expect([difference, ...interval, count, probabilityOfImprovement]).to.deep.equal([0.25, 0.25, 0.25, 2, 0.5]);
  });

  it("refuses sides of different length", () => {
    const uneven = { a: [1], b: [1, 2] };
    expect(() => pairedDifference([uneven], new RandomStream(1))).to.throw(RangeError, "1 and 2");
  });
});

describe("supportsImprovement", () => {
  const supported = (a: number[], b: number[]) =>
    supportsImprovement(pairedDifference([{ a, b }], new RandomStream(1)));

  it("asks for three pairs and differences that stand out of their spread", () => {
    expect(supported([0.9, 0.9], [0.1, 0.12])).to.equal(false);
    expect(supported([0.9, 0.92, 0.91], [0.1, 0.12, 0.13])).to.equal(true);
    expect(supported([0.1, 0.12, 0.13], [0.9, 0.92, 0.91])).to.equal(false);
  });

  it("is not content with three differences of one sign, where the bootstrap alone would be", () => {
    const [a, b] = [
      [0.51, 0.6, 0.9],
      [0.5, 0.5, 0.5],
    ];
    expect(pairedDifference([{ a, b }], new RandomStream(1)).interval[0]).to.be.above(0);
    expect(supported(a, b)).to.equal(false);
  });
});
