import { expect } from "chai";
import fc from "fast-check";
import { RandomStream } from "../../ts/random.ts";
import { studentInterval, studentQuantile } from "../../ts/report/student.ts";

describe("studentQuantile", () => {
  // Two-sided 95 % points; E. S. Pearson and H. O. Hartley, Biometrika Tables for Statisticians I (1966), table 12.
  const published: [freedom: number, t: number][] = [
    [1, 12.706],
    [2, 4.303],
    [3, 3.182],
    [4, 2.776],
    [9, 2.262],
    [10, 2.228],
    [29, 2.045],
    [120, 1.98],
  ];
  for (const [freedom, t] of published) {
    it(`agrees with the tables at ${freedom} degrees of freedom`, () => {
      expect(studentQuantile(freedom)).to.be.closeTo(t, 5e-4);
    });
  }

  it("falls towards that of the normal distribution, and rounds freedom down", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), fc.double({ min: 0, max: 0.99, noNaN: true }), (freedom, part) => {
        const t = studentQuantile(freedom);
        expect(studentQuantile(freedom + part)).to.equal(t);
        expect(studentQuantile(freedom + 1)).to.be.below(t);
        expect(t).to.be.above(1.959963984540054);
      }),
    );
  });
});

describe("studentInterval", () => {
  it("of one stratum is mean ± t s / √n", () => {
    // Mean 4, s² = 4, n = 3: 4 ± 4.302653 × 2 / √3.
    const [low, high] = studentInterval([[2, 4, 6]]) ?? [0, 0];
    expect(low).to.be.closeTo(4 - (4.302652729749459 * 2) / Math.sqrt(3), 1e-9);
    expect(high).to.be.closeTo(4 + (4.302652729749459 * 2) / Math.sqrt(3), 1e-9);
  });

  it("of two alike strata has the freedom of both, and half the variance of a stratum's mean", () => {
    // Each: mean variance 4 / 3, two degrees of freedom; Welch's are (2 v)² / (2 v² / 2) = 4.
    const [low, high] =
      studentInterval([
        [2, 4, 6],
        [12, 14, 16],
      ]) ?? [];
    expect(((high ?? 0) + (low ?? 0)) / 2).to.be.closeTo(9, 1e-12);
    expect(((high ?? 0) - (low ?? 0)) / 2).to.be.closeTo((2.7764451051977934 * Math.sqrt(8 / 3)) / 2, 1e-9);
  });

  it("knows nothing of a stratum of one value", () => {
    expect(studentInterval([[1, 2, 3], [4]])).to.equal(null);
    expect(studentInterval([])).to.equal(null);
  });

  it("is a point where nothing varies", () => {
    expect(studentInterval([[0.25, 0.25, 0.25]])).to.deep.equal([0.25, 0.25]);
  });

  it("holds the mean of normal samples 95 % of the time, for three values as for ten", () => {
    const random = new RandomStream(7);
    const normal = () => Math.sqrt(-2 * Math.log(1 - random.float())) * Math.cos(2 * Math.PI * random.float());
    for (const size of [3, 10]) {
      const samples = 4000;
      let held = 0;
      for (let sample = 0; sample < samples; sample++) {
        const [low, high] = studentInterval([Array.from({ length: size }, normal)]) ?? [0, 0];
        if (low <= 0 && 0 <= high) held++;
      }
      // Four standard errors of a share of 0.95.
      expect(held / samples).to.be.closeTo(0.95, 4 * Math.sqrt((0.95 * 0.05) / samples));
    }
  });
});
