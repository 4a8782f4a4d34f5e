import { expect } from "chai";
import { evaluate } from "../../../ts/environments/points/expression.ts";
import { areEqual, whole } from "../../../ts/environments/points/rational.ts";
import { isSolvable, solutions } from "../../../ts/environments/points/solver.ts";

describe("the solver", () => {
  it("finds nothing where there is no way to 24", () => {
    for (const numbers of [
      [1, 1, 1, 1],
      [1, 1, 1, 2],
      [10, 10, 10, 10],
      [7, 7, 7, 7],
    ]) {
      expect(solutions({ numbers, target: 24 }), numbers.join()).to.deep.equal([]);
    }
  });

  it("solves what needs fractions", () => {
    expect(texts([3, 3, 8, 8])).to.deep.equal(["8/(3-8/3)"]);
    expect(texts([1, 5, 5, 5])).to.have.members(["5*(5-1/5)", "(5-1/5)*5"]);
    expect(texts([3, 3, 7, 7])).to.include("7*(3/7+3)");
  });

  it("tells without all solutions whether there is one: of the 715 hands of 1 to 10, 566 make 24", () => {
    const hands = Array.from({ length: 10 ** 4 }, (_, index) => [...String(index).padStart(4, "0")])
      .map((digits) => digits.map((digit) => Number(digit) + 1))
      .filter((numbers) => numbers.every((number, place) => place === 0 || number >= (numbers[place - 1] ?? 0)));
    const solvable = hands.filter((numbers) => isSolvable({ numbers, target: 24 }));
    expect([hands.length, solvable.length]).to.deep.equal([715, 566]);
    for (const numbers of hands.filter((_, index) => index % 20 === 0)) {
      expect(solvable.includes(numbers), numbers.join()).to.equal(solutions({ numbers, target: 24 }).length > 0);
    }
  });

  it("does not depend on the order of the numbers", () => {
    expect(texts([8, 3, 8, 3])).to.deep.equal(texts([3, 3, 8, 8]));
  });

  it("knows the pairs for 12 by + and * alone", () => {
    const pairs = (numbers: number[]) =>
      solutions({ numbers, target: 12, operators: ["+", "*"] }).map((each) => each.join(""));
    expect(pairs([2, 6])).to.have.members(["2*6", "6*2"]);
    expect(pairs([6, 6])).to.deep.equal(["6+6"]);
    expect(pairs([2, 10])).to.have.members(["2+10", "10+2"]);
    expect(pairs([1, 2])).to.deep.equal([]);
  });

  it("writes each formula once, of exactly these numbers, worth the target, in at most 11 elements", () => {
    for (const numbers of [
      [1, 2, 3, 4],
      [2, 4, 10, 10],
      [6, 6, 6, 6],
      [1, 3, 4, 6],
    ]) {
      const found = solutions({ numbers, target: 24 });
      expect(found).not.to.deep.equal([]);
      expect(new Set(found.map((each) => each.join(" ")))).to.have.length(found.length);
      for (const formula of found) {
        const result = evaluate(formula.join(" "));
        expect(result.kind === "value" && areEqual(result.value, whole(24)), formula.join("")).to.equal(true);
        expect(formula.filter((each) => /\d/.test(each)).map(Number)).to.have.members(numbers);
        expect(formula.length).to.be.at.most(11);
      }
    }
  });
});

function texts(numbers: number[]): string[] {
  return solutions({ numbers, target: 24 }).map((formula) => formula.join(""));
}
