import { expect } from "chai";
import type { WeighedUtterance } from "../../ts/explanation/explain-run.ts";
import { shownUtterances } from "../../ts/explanation/shown-utterances.ts";

function said(utterance: string, action: string | null): WeighedUtterance {
  return {
    prompt: "p",
    image: null,
    utterance,
    outcome:
      action === null
        ? { kind: "invalid", reason: "no-action-key" }
        : { kind: "action", action, labels: [action], span: [0, 1] },
    tokens: [],
  };
}

describe("the utterances that are shown", () => {
  const all = [
    said("a", "+"),
    said("a", "+"),
    said("b", "+"),
    said("c", "-"),
    said("d", null),
    said("e", "+"),
    said("f", "-"),
  ];
  const shown = (count: number) => shownUtterances(all, count).map(({ utterance }) => utterance);

  it("take outcomes in turn, rarer ones first, and none twice", () => {
    expect(shown(10)).to.deep.equal(["d", "c", "a", "f", "b", "e"]);
  });

  it("are no more than asked for, and none of none", () => {
    expect(shown(2)).to.deep.equal(["d", "c"]);
    expect(shownUtterances([], 3)).to.deep.equal([]);
  });
});
