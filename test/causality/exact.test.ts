import { expect } from "chai";
import fc from "fast-check";
import { exactWeights } from "../../ts/causality/exact.ts";
import { parseKeyedAction } from "../../ts/parsing/keyed-action.ts";

const actionOf = (utterance: string): string => {
  const parse = parseKeyedAction(utterance, ["-", "+"]);
  return parse.kind === "action" ? parse.action : "invalid";
};
const byNull = { nullText: "<unk>", delete: false, alternatives: [] };

describe("exactWeights", () => {
  const pieces = ['{"', "thoughts", '": "', "it is", " above", '", "', "action", '": "', "-", '"}', ""];

  it("finds the tokens that f^parse cannot do without, and none besides", () => {
    const weights = [...exactWeights(pieces, actionOf, byNull)];
    const critical = pieces.filter((_, token) => weights[token] === 1);
    // The key's own quotes, too: without `"action":` there is no action.
    expect(critical).to.deep.equal(['", "', "action", '": "', "-"]);
    expect(new Set(weights)).to.deep.equal(new Set([0, 1]));
  });

  it("equals f^parse run on every nullified utterance by hand", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('"action":', " ", '"', "-", "+", "x"), { maxLength: 12 }), (tokens) => {
        const factual = actionOf(tokens.join(""));
        const direct = tokens.map((_, i) =>
          actionOf([...tokens.slice(0, i), "<unk>", ...tokens.slice(i + 1)].join("")) === factual ? 0 : 1,
        );
        expect([...exactWeights(tokens, actionOf, byNull)]).to.deep.equal(direct);
      }),
    );
  });

  it("replaces a window as a whole, cut at the end", () => {
    const windowed = [...exactWeights(pieces, actionOf, byNull, 3)];
    const from = pieces.findIndex((_, token) => (windowed[token] ?? 0) > 0);
    expect(pieces[from + 2]).to.equal('", "');
    expect(windowed.at(-3)).to.equal(1);
    expect(windowed.at(-2)).to.equal(0);
  });

  it("is the share of replacements that change the action", () => {
    const alternatives = pieces.map((piece) => (piece === "-" ? ["+", "-", "+", "?"] : [piece]));
    const weights = exactWeights(pieces, actionOf, { nullText: null, delete: false, alternatives });
    expect(weights[8]).to.equal(0.75);
    expect(weights.filter((weight) => weight > 0)).to.have.length(1);
    const [, , , , , , , , deleted] = exactWeights(pieces, actionOf, { ...byNull, delete: true, alternatives });
    expect(deleted).to.be.closeTo((1 + 1 + 3) / 6, 1e-6);
  });

  it("runs f^parse once for counterfactuals that read alike", () => {
    let calls = 0;
    const counted = (utterance: string): string => {
      calls += 1;
      return actionOf(utterance);
    };
    exactWeights(["-", "", "", ""], counted, { nullText: null, delete: true, alternatives: [] });
    expect(calls).to.equal(2);
  });
});
