import { expect } from "chai";
import { CanvasPhone } from "../../../../ts/environments/phones/canvas/canvas-phone.ts";
import { freshPhone } from "../../../../ts/environments/phones/canvas/contents.ts";
import { frameOf } from "../../../../ts/environments/phones/canvas/frame.ts";
import type { PhoneState } from "../../../../ts/environments/phones/canvas/state.ts";
import { walkedStates } from "./random-walk.ts";

const bytes = (state: PhoneState) => Buffer.from(frameOf(state).rgb);

describe("CanvasPhone", () => {
  it("does what its state machine says, and starts anew on reset", async () => {
    const phone = new CanvasPhone();
    await phone.reset({ seed: 7 });
    expect(phone.state()).to.deep.equal(freshPhone(7));
    await phone.tap({ x: 0.17, y: 0.25 });
    const opened = phone.state();
    expect(opened.screens).to.have.length(2);
    await phone.press("home");
    await phone.swipe({ x: 0.8, y: 0.5 }, { x: 0.2, y: 0.5 });
    expect(phone.state().screens).to.deep.equal([{ at: "launcher", page: 1 }]);
    phone.restore(opened);
    expect(Buffer.from((await phone.screenshot()).rgb).equals(bytes(opened))).to.equal(true);
    await phone.reset({ seed: 7 });
    expect(phone.state()).to.deep.equal(freshPhone(7));
    await phone.close();
    await phone.close();
  });

  it("draws 224×224, the same bytes for the same state, in a buffer of its own", () => {
    const states = walkedStates({ seed: 5, steps: 60 });
    const before = states.map(bytes);
    for (const state of [...states].reverse()) frameOf(JSON.parse(JSON.stringify(state))).rgb.fill(0);
    for (const [index, state] of states.entries()) {
      const { width, height, rgb } = frameOf(state);
      expect([width, height, rgb.length]).to.deep.equal([224, 224, 224 * 224 * 3]);
      expect(Buffer.from(rgb).equals(before[index] as Buffer)).to.equal(true);
    }
  });

  it("shows whatever a task turns on: a switch, a chosen hour, a star, a saved article, typed text", () => {
    const fresh = freshPhone(7);
    const launcher = { at: "launcher", page: 0 } as const;
    const showing = (screen: PhoneState["screens"][number], change: Partial<PhoneState> = {}): PhoneState => ({
      ...fresh,
      ...change,
      screens: [launcher, screen],
    });
    const display = { at: "settings", section: "Display", first: 0 } as const;
    const pairs: [PhoneState, PhoneState][] = [
      [showing(display), showing(display, { switches: ["Night light", ...fresh.switches] })],
      [showing({ at: "new alarm", hour: 12, minute: 0 }), showing({ at: "new alarm", hour: 7, minute: 0 })],
      [showing({ at: "contact", name: "Mia" }), showing({ at: "contact", name: "Mia" }, { favourites: ["Mia"] })],
      [
        showing({ at: "article", country: "Chile" }),
        showing({ at: "article", country: "Chile" }, { saved: ["Chile"] }),
      ],
      [
        showing({ at: "start" }, { typing: { field: "address", text: "" } }),
        showing({ at: "start" }, { typing: { field: "address", text: "a" } }),
      ],
      [fresh, { ...fresh, switches: [...fresh.switches, "Dark mode"] }],
    ];
    for (const [one, other] of pairs) expect(bytes(one).equals(bytes(other))).to.equal(false);
  });

  it("shows the end of what is typed where there is too much of it", () => {
    const typing = (text: string) => bytes({ ...freshPhone(7), typing: { field: "address", text } });
    const long = "a text that is longer than its field by far, and";
    expect(typing(`${long} goes on`).equals(typing(`bb ${long} goes on`))).to.equal(true);
    expect(typing(`${long} goes on`).equals(typing(`${long} goes up`))).to.equal(false);
  });
});
