import { expect } from "chai";
import { ALL_CARDS, cardName, parseCard } from "../../../ts/environments/cards/card.ts";
import { EnvironmentError } from "../../../ts/errors.ts";

describe("cards", () => {
  it("are 52, each read back from its name", () => {
    expect(new Set(ALL_CARDS.map(cardName))).to.have.length(52);
    for (const card of ALL_CARDS) expect(parseCard(cardName(card))).to.deep.equal(card);
  });

  it("are named by suit, then rank", () => {
    expect(parseCard("H7")).to.deep.equal({ suit: "H", rank: 7 });
    expect(["DA", "ST", "CJ", "HQ", "SK"].map((name) => parseCard(name).rank)).to.deep.equal([1, 10, 11, 12, 13]);
  });

  for (const name of ["", "H", "7H", "H1", "H10", "h7", "X7", "H7 "]) {
    it(`has none called ${JSON.stringify(name)}, and says what came`, () => {
      expect(() => parseCard(name)).to.throw(EnvironmentError, `got ${JSON.stringify(name)}`);
    });
  }
});
