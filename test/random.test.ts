import { expect } from "chai";
import fc from "fast-check";
import { deriveSeed, RandomStream, RandomStreams } from "../ts/random.ts";

const seed = fc.integer({ min: 0, max: 0xffff_ffff });

/** The next draws of every kind. */
function draws(stream: RandomStream, count = 20): number[] {
  return Array.from({ length: count }, () => [stream.float(), stream.int(-3, 1_000_000), stream.seed()]).flat();
}

describe("RandomStream", () => {
  it("draws the same for the same seed, and otherwise for another", () => {
    fc.assert(
      fc.property(seed, seed, (one, other) => {
        expect(draws(new RandomStream(one))).to.deep.equal(draws(new RandomStream(one)));
        if (one !== other) expect(draws(new RandomStream(one))).not.to.deep.equal(draws(new RandomStream(other)));
      }),
    );
  });

  it("keeps within its ranges, both ends of int included", () => {
    fc.assert(
      fc.property(seed, fc.integer(), fc.nat({ max: 1000 }), (start, low, width) => {
        const stream = new RandomStream(start);
        for (let draw = 0; draw < 20; draw++) {
          const whole = stream.int(low, low + width);
          expect(whole).to.be.within(low, low + width);
          expect(Number.isInteger(whole)).to.equal(true);
          expect(stream.float()).to.be.at.least(0).and.below(1);
          expect(stream.seed()).to.be.within(0, 0xffff_ffff);
        }
      }),
    );
    const stream = new RandomStream(5);
    const dice = new Set(Array.from({ length: 500 }, () => stream.int(1, 6)));
    expect([...dice].sort()).to.deep.equal([1, 2, 3, 4, 5, 6]);
  });

  it("draws evenly across consecutive seeds, from the first draw on", () => {
    const counts = new Map<number, number>();
    for (let start = 0; start < 6000; start++) {
      const stream = new RandomStream(start);
      const pair = 6 * stream.int(0, 5) + stream.int(0, 5);
      counts.set(pair, (counts.get(pair) ?? 0) + 1);
    }
    expect(counts.size).to.equal(36);
    for (const count of counts.values()) expect(count).to.be.closeTo(6000 / 36, 5 * Math.sqrt(6000 / 36));
  });

  it("draws evenly", () => {
    const stream = new RandomStream(0);
    const numDraws = 60_000;
    const counts = [0, 0, 0, 0, 0, 0];
    let sum = 0;
    for (let draw = 0; draw < numDraws; draw++) {
      const picked = stream.pick([0, 1, 2, 3, 4, 5]);
      counts[picked] = (counts[picked] ?? 0) + 1;
      sum += stream.float();
    }
    // Five standard deviations each: of a binomial count, and of a mean of uniform draws.
    for (const count of counts) expect(count).to.be.closeTo(10_000, 5 * Math.sqrt(numDraws * (1 / 6) * (5 / 6)));
    expect(sum / numDraws).to.be.closeTo(0.5, 5 / Math.sqrt(12 * numDraws));
  });

  it("goes on exactly from a state as JSON", () => {
    fc.assert(
      fc.property(seed, fc.nat({ max: 30 }), (start, numEarlier) => {
        const stream = new RandomStream(start);
        draws(stream, numEarlier);
        const other = new RandomStream(0);
        other.restore(JSON.parse(JSON.stringify(stream.state())));
        expect(draws(other)).to.deep.equal(draws(stream));
      }),
    );
  });

  it("cannot pick from nothing", () => {
    expect(() => new RandomStream(0).pick([])).to.throw(RangeError, "empty list");
  });
});

describe("RandomStreams", () => {
  it("gives each name one stream, whatever is drawn from the others", () => {
    const alone = new RandomStreams(3);
    const among = new RandomStreams(3);
    draws(among.stream("sampling"));
    expect(draws(among.stream("fallback"))).to.deep.equal(draws(alone.stream("fallback")));
    expect(among.stream("sampling")).to.equal(among.stream("sampling"));
  });

  it("makes streams of different names and seeds that have nothing in common", () => {
    const streams = [0, 1, 2].flatMap((each) =>
      ["a", "b", "ab", "environments"].map((name) => new RandomStreams(each).stream(name)),
    );
    const first = streams.map((stream) => stream.seed());
    expect(new Set(first)).to.have.length(streams.length);
    const pairs = streams.slice(1).map((stream, index) => correlation(stream, streams[index] as RandomStream));
    // Five standard deviations of the correlation of 2,000 independent pairs.
    for (const value of pairs) expect(Math.abs(value)).to.be.below(5 / Math.sqrt(2000));
  });

  it("go on exactly from a state as JSON, streams not yet made included", () => {
    const streams = new RandomStreams(9);
    draws(streams.stream("one"));
    const later = new RandomStreams(9);
    draws(later.stream("three"));
    later.restore(JSON.parse(JSON.stringify(streams.state())));
    for (const name of ["one", "two", "three"]) {
      expect(draws(later.stream(name)), name).to.deep.equal(draws(streams.stream(name)));
    }
  });
});

describe("deriveSeed", () => {
  it("is an unsigned 32-bit number that seed and name decide together", () => {
    fc.assert(
      fc.property(seed, fc.string(), (start, name) => {
        const derived = deriveSeed(start, name);
        expect(derived)
          .to.equal(derived >>> 0)
          .and.to.equal(deriveSeed(start, name));
      }),
    );
    expect(deriveSeed(1, "a")).not.to.equal(deriveSeed(1, "b"));
    expect(deriveSeed(1, "a")).not.to.equal(deriveSeed(2, "a"));
  });
});

/** Pearson's, of 2,000 floats of each. */
function correlation(one: RandomStream, other: RandomStream): number {
  const pairs = Array.from({ length: 2000 }, () => [one.float() - 0.5, other.float() - 0.5] as const);
  const sum = (of: (pair: readonly [number, number]) => number) => pairs.reduce((total, pair) => total + of(pair), 0);
  return sum(([x, y]) => x * y) / Math.sqrt(sum(([x]) => x * x) * sum(([, y]) => y * y));
}
