import { expect } from "chai";
import fc from "fast-check";
import { differences } from "../../ts/runs/differences.ts";

describe("differences", () => {
  it("names every path with both values", () => {
    const before = { a: { b: 1, c: [1, 2] }, d: null };
    const after = { a: { b: 2, c: [1, 3] }, d: { e: 1 }, f: "x" };
    expect(differences(before, after)).to.deep.equal([
      "a.b: 1 → 2",
      "a.c.1: 2 → 3",
      'd: null → {"e":1}',
      'f: absent → "x"',
    ]);
  });

  it("finds none between equal values, and some between unequal ones", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (left, right) => {
        const [a, b]: unknown[] = [left, right].map((value) => JSON.parse(JSON.stringify(value)));
        expect(differences(a, JSON.parse(JSON.stringify(a)))).to.deep.equal([]);
        const isEqual = JSON.stringify(a) === JSON.stringify(b);
        if (isEqual) expect(differences(a, b)).to.deep.equal([]);
        if (typeof a === "number" && typeof b === "number" && a !== b) expect(differences(a, b)).to.have.length(1);
      }),
    );
  });
});
