import { expect } from "chai";
import fc from "fast-check";
import { isJsonObject } from "../../ts/parsing/json-validity.ts";

describe("isJsonObject", () => {
  it("accepts any object as JSON, with blanks around it", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (object) => {
        expect(isJsonObject(` ${JSON.stringify(object)}\n`)).to.equal(true);
      }),
    );
  });

  it("refuses every other value, text around it, and what breaks off", () => {
    for (const text of [
      "",
      "null",
      "[]",
      "[{}]",
      "1",
      '"{}"',
      "{}{}",
      "{} so",
      'so {"action": "+"}',
      '{"action": "+"',
    ]) {
      expect(isJsonObject(text), text).to.equal(false);
    }
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.nat(), (object, cut) => {
        const text = JSON.stringify(object);
        expect(isJsonObject(text.slice(0, cut % text.length))).to.equal(false);
      }),
    );
  });
});
