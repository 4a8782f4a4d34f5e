import { expect } from "chai";
import fc from "fast-check";
import { parsePlannedRide, RIDES } from "../../ts/parsing/planned-ride.ts";

const written = (plan: string, action = "go") => `{"thoughts": "down 9", "plan": "${plan}", "action": "${action}"}`;

describe("parsePlannedRide", () => {
  it("reads the ride from the plan, which is the span", () => {
    const utterance =
      '{"lift": "1", "call": "4", "thoughts": "Not down by 2.", "plan": "ride up 3 floors", "action": "go"}';
    expect(parsePlannedRide(utterance)).to.deep.equal({
      kind: "action",
      action: "up 3",
      factors: { command: "go", direction: "up", floors: "3" },
      span: [66, 82],
    });
    expect(utterance.slice(66, 82)).to.equal("ride up 3 floors");
  });

  it("waits whatever the plan says, or without one; the action is the span", () => {
    const factors = { command: "wait", direction: "none", floors: "none" };
    for (const utterance of ['{"action": "wait"}', '{"plan": "up down 7", "action": "wait"}']) {
      const at = utterance.indexOf("wait");
      expect(parsePlannedRide(utterance)).to.deep.equal({
        kind: "action",
        action: "wait",
        factors,
        span: [at, at + 4],
      });
    }
  });

  it("takes any wording with one direction and one number", () => {
    for (const [plan, ride] of [
      ["3 floors up", "up 3"],
      ["Go DOWN by 5", "down 5"],
      ["up, up by 2, yes 2", "up 2"],
      ["1down", "down 1"],
      ["up4", "up 4"],
      ["downwards and upstairs: up 1", "up 1"],
      ["éup up 1", "up 1"],
    ]) {
      expect(parsePlannedRide(written(plan ?? "")), plan).to.include({ kind: "action", action: ride });
    }
  });

  it("gives the reason why there is none, and what may be executed instead", () => {
    const fallback = { kind: "random", among: RIDES };
    for (const [utterance, reason] of [
      ["", "no-action-key"],
      ['{"plan": "up 3"}', "no-action-key"],
      [written("up 3", "ride"), "no-legal-action"],
      [written("up 3", "go or wait"), "ambiguous-action"],
      ['{"action": "go"}', "no-plan-key"],
      ['{"action": "go", "plan": "up 3"}', "no-plan-key"],
      ['{"plan" : "up 3", "action": "go"}', "no-plan-key"],
      [written(""), "no-legal-plan"],
      [written("up"), "no-legal-plan"],
      [written("3 floors"), "no-legal-plan"],
      [written("up 0"), "no-legal-plan"],
      [written("up 6"), "no-legal-plan"],
      [written("up 13"), "no-legal-plan"],
      [written("up 03"), "no-legal-plan"],
      [written("upwards 3"), "no-legal-plan"],
      [written("up or down 3"), "ambiguous-plan"],
      [written("up 3 or 4"), "ambiguous-plan"],
      [written("up 3 of 7"), "ambiguous-plan"],
      [written("up 1.5"), "ambiguous-plan"],
    ] as const) {
      expect(parsePlannedRide(utterance), utterance).to.deep.equal({ kind: "invalid", reason, fallback });
    }
  });

  it("reads the first plan, up to its next quote", () => {
    expect(parsePlannedRide('{"plan": "up 1", "plan": "down 2", "action": "go"}')).to.include({ action: "up 1" });
    expect(parsePlannedRide('{"plan": "", "plan": "down 2", "action": "go"}')).to.include({ reason: "no-legal-plan" });
    expect(parsePlannedRide('{"plan": "up 1", "thoughts": "down", "action": "go"}')).to.include({ action: "up 1" });
  });

  it("bears a plan that lacks a quote", () => {
    for (const utterance of [
      '{"plan": up 1", "action": "go"}',
      '{"plan":up 1 "action": "go"}',
      '{"plan": "up 1, "action": "go"}',
    ]) {
      const parse = parsePlannedRide(utterance);
      expect(parse, utterance).to.include({ kind: "action", action: "up 1" });
      expect(parse.kind === "action" && utterance.slice(...parse.span).startsWith("up 1"), utterance).to.equal(true);
    }
  });

  it("counts UTF-16 code units where letters change their length with their case", () => {
    for (const before of ["🙂", "İİİ", "ẞ", "ŉ", "e\u0301", "\ud800"]) {
      const utterance = `{"thoughts": "${before}", "PLAN": "${before} up 2", "Action": "Go"}`;
      const found = parsePlannedRide(utterance);
      expect(found.kind === "action" && utterance.slice(...found.span), before).to.equal(`${before} up 2`);
    }
  });

  it("does what the rule says, read literally", () => {
    const outcomes = new Set<string>();
    fc.assert(
      fc.property(utterances(), (utterance) => {
        const parse = parsePlannedRide(utterance);
        const outcome = parse.kind === "action" ? `${parse.action}: ${utterance.slice(...parse.span)}` : parse.reason;
        expect(outcome).to.equal(literally(utterance));
        outcomes.add(parse.kind === "action" ? parse.kind : parse.reason);
      }),
      { numRuns: 2000, seed: 5 },
    );
    expect(outcomes).to.have.length(7);
  });
});

/** Text out of the pieces that matter to the rule, mostly in the order that parses. */
function utterances(): fc.Arbitrary<string> {
  const filler = fc.oneof(fc.string({ unit: "binary", maxLength: 3 }), fc.constantFrom(" ", '"', "🙂", "İ", ", "));
  const planPiece = fc.oneof(fc.constantFrom("up ", "Down", "upper", "3", "1", "10", " 6 ", " "), filler);
  const plan = fc.array(planPiece, { maxLength: 4 }).map((pieces) => pieces.join(""));
  const planKey = fc.constantFrom('"plan": "', '"plan": "', '"PLAN":', '"plan" : ', "plan: ");
  const action = fc.constantFrom('"action": "go"', '"action": "go"', '"Action":"WAIT"', '"action": "stop"', "go", "");
  const end = fc.oneof(fc.constantFrom("}", " wait", "go"), filler);
  return fc.tuple(filler, planKey, plan, fc.constantFrom('", ', '"', ""), action, end).map((pieces) => pieces.join(""));
}

/** The rule once more, by splitting instead of searching. */
function literally(utterance: string): string {
  const lower = utterance.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  const [before = "", ...behind] = lower.split('"action":');
  if (behind.length === 0) return "no-action-key";
  const rest = behind.join('"action":');
  const [isGo, isWait] = [rest.includes("go"), rest.includes("wait")];
  if (isGo && isWait) return "ambiguous-action";
  if (!isGo && !isWait) return "no-legal-action";
  if (isWait) return `wait: ${utterance.slice(lower.length - rest.length).match(/wait/i)?.[0]}`;

  const [ahead = "", ...plans] = before.split('"plan":');
  if (plans.length === 0) return "no-plan-key";
  const afterKey = plans.join('"plan":');
  const unquoted = afterKey.trimStart().startsWith('"') ? afterKey.trimStart().slice(1) : afterKey.trimStart();
  const [plan = ""] = unquoted.split('"');
  const words = new Set(plan.split(/\P{L}/u).filter((word) => word === "up" || word === "down"));
  const numbers = new Set(plan.split(/[^0-9]/).filter((digits) => digits !== ""));
  if (words.size > 1 || numbers.size > 1) return "ambiguous-plan";
  const ride = [...words, ...numbers].join(" ");
  if (!/^(up|down) [1-5]$/.test(ride)) return "no-legal-plan";
  const start = ahead.length + '"plan":'.length + afterKey.length - unquoted.length;
  return `${ride}: ${utterance.slice(start, start + plan.length)}`;
}
