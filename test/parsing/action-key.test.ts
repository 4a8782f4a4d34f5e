import { expect } from "chai";
import fc from "fast-check";
import { actionStart, asciiLowerCase, firstActionKey } from "../../ts/parsing/action-key.ts";

const KEY = '"action":';

/** Text that holds the key in any case, parts of it, or none. */
const utterance = fc
  .array(
    fc.oneof(fc.constantFrom(KEY, '"Action":', '"ACTION":', '"action', '":', "İ", "🙂"), fc.string({ unit: "binary" })),
    {
      maxLength: 6,
    },
  )
  .map((pieces) => pieces.join(""));

/** Every place where the key stands, found one by one. */
function places(text: string): number[] {
  return Array.from({ length: text.length }, (_, index) => index).filter((index) =>
    /^"[aA][cC][tT][iI][oO][nN]":/.test(text.slice(index)),
  );
}

describe("firstActionKey and actionStart", () => {
  it("find the first and the last key", () => {
    fc.assert(
      fc.property(utterance, (text) => {
        const all = places(text);
        const first = all[0];
        expect(firstActionKey(text)).to.deep.equal(first === undefined ? null : [first, first + KEY.length]);
        expect(actionStart(text)).to.equal(all.at(-1) ?? null);
      }),
    );
  });

  it("agree where the key stands once", () => {
    const text = '{"thoughts": "the \\"action\\" is up", "action": "+"}';
    expect(firstActionKey(text)?.[0]).to.equal(text.lastIndexOf(KEY)).and.to.equal(actionStart(text));
  });
});

describe("actionStart in the forms of phones", () => {
  it("is where the decision, or the operation, begins", () => {
    const decision = 'Action Decision: "action_type": "PRESS_BACK", "touch_point": "[-1.0, -1.0]"';
    expect(actionStart(`Action Plan: [PRESS_BACK] ; ${decision}`)).to.equal("Action Plan: [PRESS_BACK] ; ".length);
    expect(actionStart("Plan: go back. Grounded Operation: press back")).to.equal("Plan: go back. ".length);
    expect(actionStart("Action Plan: [PRESS_BACK]")).to.equal(null);
  });
});

describe("asciiLowerCase", () => {
  it("lowers A–Z, and leaves every other code unit where and as it is", () => {
    expect(asciiLowerCase("ABCXYZ abc İẞÉ 🙂")).to.equal("abcxyz abc İẞÉ 🙂");
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const lowered = asciiLowerCase(text);
        expect(lowered).to.have.length(text.length);
        for (let index = 0; index < text.length; index++) {
          const isCapital = /[A-Z]/.test(text.charAt(index));
          expect(lowered.charCodeAt(index)).to.equal(text.charCodeAt(index) + (isCapital ? 32 : 0));
        }
      }),
    );
  });
});
