import { expect } from "chai";
import fc from "fast-check";
import { appAgentCall } from "../../ts/parsing/appagent-call.ts";
import { parseAppAgent } from "../../ts/parsing/appagent-utterance.ts";
import type { PhoneAction } from "../../ts/parsing/phone-action.ts";
import type { ScreenElement } from "../../ts/parsing/screen-element.ts";
import { referenceOutcomes } from "./reference-outcomes.ts";

const button = (x: number, y: number, text: string): ScreenElement => ({
  box: { x, y, width: 0.25, height: 0.125 },
  text,
  can: ["tap"],
});
const ELEMENTS = [button(0, 0, "Clock"), button(0.5, 0.25, "Mail"), button(0.5, 0.75, "Maps")];
const MAIL = { x: 0.625, y: 0.3125 };

const said = (call: string): string =>
  `Observation: Three buttons.\nThought: Mail, then.\nAction: ${call}\nSummary: I have opened the mail.`;
const parsed = (utterance: string) => parseAppAgent(utterance, ELEMENTS);
const actionOf = (utterance: string): PhoneAction => {
  const parse = parsed(utterance);
  if (parse.kind === "invalid") throw new Error(parse.reason);
  return parse.action;
};

describe("parseAppAgent", () => {
  it("reads each call behind the first marker, which is the span", () => {
    const calls: readonly (readonly [string, PhoneAction])[] = [
      ["tap(2)", { type: "DUAL_POINT", touch: MAIL, lift: MAIL }],
      ["long_press( 2 )", { type: "DUAL_POINT", touch: MAIL, lift: MAIL, isHeld: true }],
      ['swipe(2, "right", "short")', { type: "DUAL_POINT", touch: MAIL, lift: { ...MAIL, x: 0.725 } }],
      ["swipe(2,'down',medium)", { type: "DUAL_POINT", touch: MAIL, lift: { ...MAIL, y: 0.7125 } }],
      ['text("tea, (green) and "such"")', { type: "TYPE", text: 'tea, (green) and "such"' }],
      ["text('')", { type: "TYPE", text: "" }],
      ["back()", { type: "PRESS_BACK" }],
      ["home( )", { type: "PRESS_HOME" }],
      ["enter()", { type: "PRESS_ENTER" }],
      ["FINISH", { type: "STATUS_TASK_COMPLETE" }],
    ];
    for (const [call, action] of calls) {
      for (const utterance of [said(call), `Action: ${call} Action: tap(1)`, `**Action:** \`${call}\``]) {
        const parse = parsed(utterance);
        if (parse.kind === "invalid") throw new Error(`${utterance}: ${parse.reason}`);
        expect(parse.action).to.deep.equal(action);
        expect(parse.factors).to.deep.equal({ type: action.type });
        expect(utterance.slice(...parse.span)).to.equal(call);
      }
    }
  });

  it("names what it cannot read, and lets nothing happen", () => {
    const broken = [
      ["tap(1)", "no-action-line"],
      ["Action: press(1)", "unknown-action-type"],
      ["Action:", "unknown-action-type"],
      ["Action: I do tap(1)", "unknown-action-type"],
      ["Action: FINISHED", "unknown-action-type"],
      ["Action: tap", "unreadable-call"],
      ["Action: tap[1]", "unreadable-call"],
      ["Action: tap(1", "unreadable-call"],
      ["Action: tap(-1)", "unreadable-call"],
      ['Action: tap("Mail")', "unreadable-call"],
      ["Action: back", "unreadable-call"],
      ['Action: swipe(1, "sideways", "short")', "unreadable-call"],
      ['Action: swipe(1, "up\', "short")', "unreadable-call"],
      ['Action: swipe("up", "short")', "unreadable-call"],
      ['Action: text("tea\n")', "no-typed-text"],
      ["Action: text(tea)", "no-typed-text"],
      ["Action: tap(0)", "no-such-element"],
      ["Action: tap(4)", "no-such-element"],
      [`Action: long_press(${"9".repeat(400)})`, "no-such-element"],
    ] as const;
    const fallback = { kind: "fixed", action: { type: "IDLE" } };
    for (const [utterance, reason] of broken) {
      expect(parsed(utterance), utterance).to.deep.equal({ kind: "invalid", reason, fallback });
    }
    expect(parseAppAgent("Action: tap(1)")).to.include({ reason: "no-such-element" });
  });

  it("keeps the end of a swipe on the screen", () => {
    expect(actionOf('Action: swipe(1, "up", "long")')).to.deep.nested.include({ "lift.y": 0 });
    expect(actionOf('Action: swipe(3, "down", "long")')).to.have.nested.property("lift.y").that.is.below(1);
  });

  it("reads back what is written in its form", () => {
    const number = fc.integer({ min: 1, max: ELEMENTS.length });
    const call = fc.oneof(
      fc.tuple(fc.constantFrom("tap", "long_press"), number).map(([name, n]) => `${name}(${n})`),
      fc
        .tuple(number, fc.constantFrom("left", "right"), fc.constantFrom("short", "medium"))
        .map(([n, direction, distance]) => `swipe(${n}, "${direction}", "${distance}")`),
      fc
        .stringMatching(/^[ -~]{0,12}$/)
        .filter((text) => !/"\s*\)/.test(text))
        .map((text) => `text("${text}")`),
      fc.constantFrom("back()", "home()", "enter()", "FINISH"),
    );
    fc.assert(
      fc.property(call, (written) => {
        const action = actionOf(said(written));
        const swipe = /^swipe\(1, "left"/.test(written);
        // To the left of the first there is only half the way.
        if (!swipe) expect(appAgentCall(action, ELEMENTS)).to.equal(written);
      }),
    );
    for (const action of [{ type: "IDLE" }, { type: "TASK_IMPOSSIBLE" }] as const) {
      expect(appAgentCall(action, ELEMENTS)).to.equal(null);
    }
    const nowhere = { x: 0.9, y: 0.5 };
    expect(appAgentCall({ type: "DUAL_POINT", touch: nowhere, lift: nowhere }, ELEMENTS)).to.equal(null);
    const swipe = { type: "DUAL_POINT", touch: nowhere, lift: { x: 0.9, y: 0.05 } } as const;
    expect(appAgentCall(swipe, ELEMENTS)).to.equal('swipe(1, "up", "medium")');
    expect(appAgentCall(swipe, [])).to.equal(null);
  });

  it("is total, and its span lies within the utterance", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          anyUtterance,
          fc.string().map((text) => `Action:${text}`),
        ),
        (utterance) => {
          const parse = parsed(utterance);
          if (parse.kind === "invalid") return;
          const [start, end] = parse.span;
          expect(0 <= start && start < end && end <= utterance.length).to.equal(true);
        },
      ),
    );
  });

  it("reads no other action than AppAgent where both read one, but for what its documentation names", () => {
    const utterances = fc.sample(anyUtterance, { numRuns: 4000, seed: 11 });
    const outcomes = referenceOutcomes("appagent_outcome.py", utterances) as [string, ...unknown[]][];
    let bothRead = 0;
    for (const [index, utterance] of utterances.entries()) {
      const [name, ...args] = outcomes[index] ?? ["ERROR"];
      const parse = parsed(utterance);
      const line = /Action: (.*?)$/m.exec(utterance)?.[1] ?? "";
      if (name === "ERROR" || (name === "FINISH" && !line.startsWith(name))) continue;
      if (parse.kind === "action") {
        // Typed text ends at its first bracket there, and its first and last character are no part of it, whatever they are.
        if (name === "text" && !/^text\((["'])[^)]*\1\)/.test(line)) continue;
        bothRead += 1;
        expect(callOf(parse.action), utterance).to.deep.equal([name, ...args]);
      } else if (parse.reason === "no-such-element") {
        expect(args[0]).not.to.be.within(1, ELEMENTS.length);
      } else {
        // Python's `int`, quotes that do not match, a distance that is none, a FINISH somewhere, typed text as it comes.
        const isLenient = /[+_]|-\d|["']|FINISH|\( *\d/.test(line) || name === "text";
        expect(isLenient, `${utterance}: ${parse.reason}`).to.equal(true);
      }
    }
    expect(bothRead).to.be.above(500);
  });
});

/** As the reference tells it. */
function callOf(action: PhoneAction): unknown[] {
  const call = appAgentCall(action, ELEMENTS) ?? "";
  if (action.type === "TYPE") return ["text", action.text];
  const [, name = "", args = ""] = /^(\w+)(?:\((.*)\))?$/.exec(call) ?? [];
  return [name, ...args.split(", ").flatMap((each) => (each === "" ? [] : JSON.parse(each)))];
}

/** Utterances in the form, with some of what the form is made of put in, taken out or replaced. */
const piece = fc.constantFrom(
  ..."()[]\"', 0123-+_\n:*`".split(""),
  "Action: ",
  "Summary: ",
  "FINISH",
  "tap(1)",
  "text(",
  '")',
  '"up"',
  '"long"',
  "é",
);
const call = fc.oneof(
  fc.tuple(fc.constantFrom("tap", "long_press"), fc.nat(5)).map(([name, n]) => `${name}(${n})`),
  fc.constantFrom('swipe(2, "right", "short")', 'swipe(3, "up", "long")', 'swipe(2, "left", "medium")', "FINISH"),
  fc.stringMatching(/^[a-z0-9 ,.'"()@-]{1,12}$/).map((text) => `text("${text}")`),
);
const edit = fc.record({ at: fc.nat(30), drop: fc.nat(3), put: fc.oneof(piece, fc.constant("")) });
const anyUtterance = fc.tuple(call, fc.array(edit, { maxLength: 2 })).map(([written, edits]) => {
  const [before, after = ""] = said("CALL").split("CALL");
  const marked = `Action: ${written}`;
  const edited = edits.reduce((text, { at, drop, put }) => text.slice(0, at) + put + text.slice(at + drop), marked);
  return `${before?.replace(/Action: $/, "")}${edited}${after}`;
});
