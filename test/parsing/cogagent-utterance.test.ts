import { expect } from "chai";
import fc from "fast-check";
import { parseCogAgent } from "../../ts/parsing/cogagent-utterance.ts";
import { executedOutcome, referenceOutcomes } from "./reference-outcomes.ts";

describe("parseCogAgent", () => {
  const read = (operation: string) => {
    const utterance = `Plan: to go on.\nGrounded Operation:${operation}`;
    const parse = parseCogAgent(utterance);
    return parse.kind === "action" ? { ...parse.action, by: utterance.slice(...parse.span) } : parse.reason;
  };

  it("reads taps in thousandths, typed text, keys, swipes and ends", () => {
    const point = { x: 0.12, y: 0.9 };
    expect(read("tap at [[120,900]]")).to.deep.equal({
      type: "DUAL_POINT",
      touch: point,
      lift: point,
      by: "tap at [[120,900",
    });
    expect(read('type "red lamp" there')).to.deep.equal({ type: "TYPE", text: "red lamp", by: 'type "red lamp' });
    expect(read(" press back")).to.deep.equal({ type: "PRESS_BACK", by: "press back" });
    expect(read(" swipe up")).to.deep.include({ touch: { x: 0.5, y: 0.5 }, lift: { x: 0.5, y: 0.2 }, by: "swipe up" });
    expect(read("task complete")).to.deep.equal({ type: "STATUS_TASK_COMPLETE", by: "task complete" });
  });

  it("names what it cannot read, and lets nothing happen", () => {
    expect(parseCogAgent("press back")).to.deep.equal({
      kind: "invalid",
      reason: "no-grounded-operation",
      fallback: { kind: "fixed", action: { type: "IDLE" } },
    });
    expect(read("tap at (120,900)")).to.equal("no-point");
    expect(read("tap at [[120.5,900]]")).to.equal("no-point");
    expect(read("type red lamp")).to.equal("no-typed-text");
    expect(read("pinch")).to.equal("unknown-action-type");
    // The reference's, too: a blank behind the colon hides `tap`.
    expect(read(" tap at [[120,900]]")).to.equal("unknown-action-type");
  });

  it("agrees with the reference on generated utterances", () => {
    const piece = fc.oneof(
      fc.constantFrom(
        "Grounded Operation:",
        "tap",
        "type",
        " ",
        '"',
        "[[",
        "]]",
        ",",
        "12",
        "1_0",
        "+7",
        "-3",
        "a",
        "]",
      ),
      fc.constantFrom(
        "press home",
        "press back",
        "press enter",
        "task complete",
        "task impossible",
        "swipe ",
        "up",
        "left",
      ),
      fc.constantFrom("tap at [[120,900]]", 'type "tea"', "swipe right", "swipe down", "\n", "é"),
    );
    const utterance = fc
      .tuple(fc.constantFrom("Grounded Operation:", "Plan. Grounded Operation:", ""), fc.array(piece, { maxLength: 7 }))
      .map(([start, pieces]) => start + pieces.join(""));
    const utterances = fc.sample(utterance, { numRuns: 4000, seed: 3 });
    const outcomes = referenceOutcomes("cogagent_outcome.py", utterances);
    const kinds = new Set<string>();
    for (const [index, each] of utterances.entries()) {
      const parse = parseCogAgent(each);
      expect(executedOutcome(parse), each).to.deep.equal(outcomes[index]);
      kinds.add(parse.kind === "action" ? parse.action.type : parse.reason);
    }
    expect([...kinds]).to.include.members(["DUAL_POINT", "TYPE", "TASK_IMPOSSIBLE", "no-point", "no-typed-text"]);
  });
});
