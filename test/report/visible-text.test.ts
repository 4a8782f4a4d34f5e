import { expect } from "chai";
import fc from "fast-check";
import { visibleText } from "../../ts/report/visible-text.ts";

describe("visibleText", () => {
  const cases: [text: string, shown: string][] = [
    ["", "∅"],
    ["  ", "␣␣"],
    [" right", " right"],
    ["\n", "↵\n"],
    ["\t", "⇥"],
    ["\u001b[31m", "⟨U+001B⟩[31m"],
    ["\u2028", "⟨U+2028⟩"],
    ["\u202e", "⟨U+202E⟩"],
    ["\ud800", "⟨U+D800⟩"],
  ];
  for (const [text, shown] of cases) {
    it(`shows ${JSON.stringify(text)} as ${JSON.stringify(shown)}`, () => expect(visibleText(text)).to.equal(shown));
  }

  it("leaves no control character but the line end", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(/\p{C}/u.test(visibleText(text).replaceAll("\n", ""))).to.equal(false);
      }),
    );
  });
});
