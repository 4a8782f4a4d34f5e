import { expect } from "chai";
import fc from "fast-check";
import { parseAutoUi } from "../../ts/parsing/autoui-utterance.ts";
import type { ParseResult } from "../../ts/parsing/parse.ts";
import { autoUiFields, PHONE_ACTION_TYPES, type PhoneAction } from "../../ts/parsing/phone-action.ts";
import { executedOutcome, referenceOutcomes } from "./reference-outcomes.ts";

const TAP =
  '"action_type": "DUAL_POINT", "touch_point": "[0.7852, 0.6779]", "lift_point": "[0.7852, 0.6779]", "typed_text": ""';
const typing = (text: string) =>
  `"action_type": "TYPE", "touch_point": "[-1.0, -1.0]", "lift_point": "[-1.0, -1.0]", "typed_text": "${text}"`;
const decided = (fields: string) => `Action Plan: [DUAL_POINT,TYPE] ; Action Decision: ${fields}`;

describe("parseAutoUi", () => {
  it("reads what AutoUI writes", () => {
    const utterance = decided(TAP);
    const point = { x: 0.6779, y: 0.7852 };
    const parse = parseAutoUi(utterance);
    expect(parse).to.deep.include({
      kind: "action",
      action: { type: "DUAL_POINT", touch: point, lift: point },
      factors: { type: "DUAL_POINT" },
    });
    expect(decisive(utterance, parse)).to.equal(
      'DUAL_POINT", "touch_point": "[0.7852, 0.6779]", "lift_point": "[0.7852, 0.6779',
    );
  });

  it("takes the type alone as what decides an action that has nothing else, and typed text up to its end", () => {
    const back = decided(TAP.replace("DUAL_POINT", "PRESS_BACK"));
    expect(decisive(back, parseAutoUi(back))).to.equal("PRESS_BACK");
    const typed = decided(typing("red lamp"));
    expect(decisive(typed, parseAutoUi(typed))).to.match(/^TYPE".*red lamp$/);
  });

  const broken: readonly [why: string, utterance: string, reason: string, executed: string][] = [
    ["no marker", TAP, "no-action-decision", "TASK_IMPOSSIBLE"],
    ["a marker without its space", `Action Decision:${TAP}`, "no-action-decision", "TASK_IMPOSSIBLE"],
    ["a field too few", decided('"action_type": "PRESS_BACK"'), "not-six-fields", "TASK_IMPOSSIBLE"],
    ["a comma in typed text", decided(typing("tea, coffee")), "not-six-fields", "TASK_IMPOSSIBLE"],
    ["a type without its key", decided(TAP.replace('"action_type": ', "")), "no-action-type", "IDLE"],
    ["a type that there is not", decided(TAP.replace("DUAL_POINT", "PINCH")), "unknown-action-type", "IDLE"],
    ["round brackets", decided(TAP.replaceAll("[", "(").replaceAll("]", ")")), "no-point", "IDLE"],
    ["a point in words", decided(TAP.replace("0.6779", "left")), "no-point", "IDLE"],
    ["a point that is nowhere", decided(TAP.replace("0.6779", "nan")), "no-point", "IDLE"],
    ["typed text without its key", decided(typing("x").replace('"typed_text": ', "")), "no-typed-text", "IDLE"],
  ];
  for (const [why, utterance, reason, executed] of broken) {
    it(`names ${why}, and what is executed instead`, () => {
      const fallback = { kind: "fixed", action: { type: executed } };
      expect(parseAutoUi(utterance)).to.deep.equal({ kind: "invalid", reason, fallback });
    });
  }

  it("keeps points outside the screen, quotes within text, and cuts text at a colon, as the reference does", () => {
    expect(actionOf(parseAutoUi(decided(TAP.replaceAll("0.6779", "-3e1"))))).to.deep.nested.include({ "touch.x": -30 });
    expect(actionOf(parseAutoUi(decided(typing('6" nails'))))).to.deep.equal({ type: "TYPE", text: '6" nails' });
    expect(actionOf(parseAutoUi(decided(typing("time: now"))))).to.deep.equal({ type: "TYPE", text: "time" });
  });

  it("reads every action back that is written in its form, but for typed text that the form cannot hold", () => {
    fc.assert(
      fc.property(anyAction, (action) => {
        expect(actionOf(parseAutoUi(decided(autoUiFields(action))))).to.deep.equal(action);
      }),
    );
  });

  it("is total, and its span lies within the utterance", () => {
    fc.assert(
      fc.property(anyUtterance, (utterance) => {
        const parse = parseAutoUi(utterance);
        if (parse.kind === "invalid") return;
        const [start, end] = parse.span;
        expect(0 <= start && start <= end && end <= utterance.length).to.equal(true);
      }),
    );
  });

  it("agrees with the reference on generated utterances", () => {
    const utterances = fc.sample(anyUtterance, { numRuns: 4000, seed: 7 });
    const outcomes = referenceOutcomes("autoui_outcome.py", utterances);
    const kinds = new Set<string>();
    for (const [index, utterance] of utterances.entries()) {
      const parse = parseAutoUi(utterance);
      expect(executedOutcome(parse), utterance).to.deep.equal(outcomes[index]);
      kinds.add(parse.kind === "action" ? parse.action.type : parse.reason);
    }
    expect([...kinds]).to.include.members([...PHONE_ACTION_TYPES, ...broken.map(([, , reason]) => reason)]);
  });
});

function decisive(utterance: string, parse: ParseResult): string {
  if (parse.kind === "invalid") throw new Error(parse.reason);
  return utterance.slice(...parse.span);
}

function actionOf(parse: ParseResult<PhoneAction>): PhoneAction {
  if (parse.kind === "invalid") throw new Error(parse.reason);
  return parse.action;
}

const coordinate = fc.integer({ min: 0, max: 9999 }).map((each) => each / 10_000);
const point = fc.record({ x: coordinate, y: coordinate });
const anyAction: fc.Arbitrary<PhoneAction> = fc.oneof(
  fc.record({ type: fc.constant("DUAL_POINT" as const), touch: point, lift: point }),
  fc.record({ type: fc.constant("TYPE" as const), text: fc.stringMatching(/^[a-z0-9 .'@-]{1,12}$/) }),
  fc.record({
    type: fc.constantFrom("PRESS_BACK", "PRESS_HOME", "PRESS_ENTER", "STATUS_TASK_COMPLETE", "TASK_IMPOSSIBLE"),
  }),
);

/** Utterances in the form, with some of what the form is made of put in, taken out or replaced. */
const piece = fc.oneof(
  fc.constantFrom(
    ": ",
    ", ",
    '"',
    "[",
    "]",
    "(",
    "Action Decision: ",
    "inf",
    "nan",
    "1_0",
    "1e3",
    ".5",
    "5.",
    " ",
    "+",
    "\n",
  ),
  fc.constantFrom('"action_type": "', '"typed_text": "', "TYPE", "DUAL_POINT", "PRESS_HOME", "é", "{", "-1.0"),
);
const edit = fc.record({ at: fc.nat(200), drop: fc.nat(14), put: fc.oneof(piece, fc.constant("")) });
const anyUtterance = fc
  .tuple(
    fc.oneof(
      anyAction.map((action) => decided(autoUiFields(action))),
      fc.string({ maxLength: 12 }).map((text) => decided(typing(text))),
    ),
    fc.array(edit, { maxLength: 3 }),
  )
  .map(([utterance, edits]) =>
    edits.reduce((text, { at, drop, put }) => text.slice(0, at) + put + text.slice(at + drop), utterance),
  );
