import { expect } from "chai";
import fc from "fast-check";
import { RandomStream } from "../../ts/random.ts";
import { corrupted } from "../../ts/training/corruptions.ts";

describe("corrupted", () => {
  const source = { labels: ["-", "+"], words: ["current", "target"], nullText: "<unk>" };
  const utterance = '{"thoughts": "from 2 to 4", "action": "+"}';
  const span = [utterance.length - 3, utterance.length - 2] as const;
  const many = (spanOrNull: typeof span | null) => {
    const random = new RandomStream(7);
    return Array.from({ length: 400 }, () => corrupted(utterance, spanOrNull, source, random));
  };

  it("puts every label where the action stands, breaks some, and leaves most texts changed", () => {
    const texts = many(span);
    const actions = texts.map((text) => /"action": "([-+])"\}$/.exec(text)?.[1]);
    const shares = ["-", "+", undefined].map(
      (action) => actions.filter((each) => each === action).length / texts.length,
    );
    for (const share of shares) expect(share).to.be.greaterThan(0.1);
    expect(texts.filter((text) => text !== utterance).length / texts.length).to.be.greaterThan(0.7);
    const nullified = texts.filter((text) => text.includes("<unk>"));
    expect(nullified.length / texts.length).to.be.greaterThan(0.2);
    expect(nullified.filter((text) => text.endsWith('"action": "<unk>"}')).length).to.be.greaterThan(15);
    expect(nullified.filter((text) => text.includes('"<unk>": "+"')).length, "the key").to.be.greaterThan(5);
  });

  it("is total over texts and repeats with its stream", () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 0, max: 1000 }), (text, seed) => {
        const once = corrupted(text, null, source, new RandomStream(seed));
        expect(corrupted(text, null, source, new RandomStream(seed))).to.equal(once);
        expect(once.length).to.be.at.most(text.length + 3 * 7 + 6);
      }),
    );
  });
});
