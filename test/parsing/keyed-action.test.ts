import { expect } from "chai";
import fc from "fast-check";
import { parseKeyedAction } from "../../ts/parsing/keyed-action.ts";

const SIGNS = ["-", "+"] as const;
const POINTS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "+", "*", "="] as const;

describe("parseKeyedAction", () => {
  it("finds the action and where it stands", () => {
    const utterance = '{"thoughts": "2 is above 1 - so down", "action": "-"}';
    const at = utterance.lastIndexOf("-");
    expect(parseKeyedAction(utterance, SIGNS)).to.deep.equal({
      kind: "action",
      action: "-",
      factors: { action: "-" },
      span: [at, at + 1],
    });
  });

  it("gives the reason why there is none, and what may be executed instead", () => {
    const fallback = { kind: "random", among: SIGNS };
    for (const [utterance, reason] of [
      ["", "no-action-key"],
      ['{"action" : "+"}', "no-action-key"],
      ["action: +", "no-action-key"],
      ['+ - {"action": "up"}', "no-legal-action"],
      ['{"action":', "no-legal-action"],
      ['{"action": "- or +"}', "ambiguous-action"],
    ] as const) {
      expect(parseKeyedAction(utterance, SIGNS), utterance).to.deep.equal({ kind: "invalid", reason, fallback });
    }
  });

  it("reads what follows the first key", () => {
    expect(parseKeyedAction('{"action": "x", "action": "+"}', SIGNS)).to.deep.include({
      kind: "action",
      span: [27, 28],
    });
    expect(parseKeyedAction('{"action": "-", "action": "+"}', SIGNS)).to.include({ reason: "ambiguous-action" });
  });

  it("ignores case, in the key and in the action", () => {
    const found = parseKeyedAction('{"ACTION": "Stand"}', ["stand", "hit"]);
    expect(found).to.deep.include({ action: "stand", span: [12, 17] });
  });

  it("never takes 10 for 1", () => {
    expect(parseKeyedAction('{"action": "10"}', POINTS)).to.deep.include({ action: "10", span: [12, 14] });
    expect(parseKeyedAction('{"action": "1"}', POINTS)).to.deep.include({ action: "1", span: [12, 13] });
    expect(parseKeyedAction('{"action": "10 1"}', POINTS)).to.include({ reason: "ambiguous-action" });
    expect(parseKeyedAction('{"action": "110"}', POINTS)).to.include({ reason: "ambiguous-action" });
  });

  it("takes an action that is written twice for one, at its first place", () => {
    expect(parseKeyedAction('{"action": "+ +"}', SIGNS)).to.deep.include({ action: "+", span: [12, 13] });
  });

  it("counts UTF-16 code units where letters change their length with their case", () => {
    for (const before of ["🙂", "İİİ", "ẞ", "ŉ", "e\u0301", "\ud800"]) {
      const utterance = `{"thoughts": "${before}", "action": "+"}`;
      const found = parseKeyedAction(utterance, SIGNS);
      expect(found.kind === "action" && utterance.slice(...found.span), before).to.equal("+");
    }
  });

  for (const [name, legal] of [
    ["signs", SIGNS],
    ["points", POINTS],
    ["words", ["hit", "stand"]],
  ] as const) {
    it(`does what the rule says, read literally, for ${name}`, () => {
      fc.assert(
        fc.property(utterances(legal), (utterance) => {
          expect(outcome(utterance, legal)).to.equal(literally(utterance, legal));
        }),
        { numRuns: 1000 },
      );
    });
  }
});

/** Text out of the pieces that matter to the rule, in any order, between letters of any kind. */
function utterances(legal: readonly string[]): fc.Arbitrary<string> {
  const key = fc.constantFrom('"action":', '"Action":', '"ACTION": "', '"action" :', '"actio', "action:");
  const action = fc.constantFrom(...legal, ...legal.map((each) => each.toUpperCase()));
  const filler = fc.oneof(fc.string({ unit: "binary", maxLength: 4 }), fc.constantFrom("🙂", "İ", "0", " ", '"', "}"));
  return fc.array(fc.oneof(key, action, filler), { maxLength: 8 }).map((pieces) => pieces.join(""));
}

/** The action and its span, or the reason. */
function outcome(utterance: string, legal: readonly string[]): string {
  const result = parseKeyedAction(utterance, legal);
  return result.kind === "action" ? `${result.action} at ${result.span.join("–")}` : result.reason;
}

/**
 * The rule once more, a character at a time: letters are compared by their ASCII case alone, and at each place the
 * longest legal action that stands there is read before the scan goes on behind it.
 */
function literally(utterance: string, legal: readonly string[]): string {
  const isAt = (word: string, at: number) =>
    [...word].every((letter, index) => sameButForCase(utterance[at + index] ?? "", letter));
  let at = 0;
  while (at < utterance.length && !isAt('"action":', at)) at++;
  if (at >= utterance.length) return "no-action-key";
  at += '"action":'.length;

  const found = new Map<string, number>();
  while (at < utterance.length) {
    const [longest] = legal.filter((each) => isAt(each, at)).sort((one, other) => other.length - one.length);
    if (longest !== undefined && !found.has(longest)) found.set(longest, at);
    at += longest?.length ?? 1;
  }
  const [first, second] = found;
  if (first === undefined) return "no-legal-action";
  return second === undefined ? `${first[0]} at ${first[1]}–${first[1] + first[0].length}` : "ambiguous-action";
}

function sameButForCase(one: string, other: string): boolean {
  const code = one.charCodeAt(0);
  const isCapital = code >= 65 && code <= 90;
  return (isCapital ? String.fromCharCode(code + 32) : one) === other;
}
