import { expect } from "chai";
import fc from "fast-check";
import { freshPhone } from "../../../../ts/environments/phones/canvas/contents.ts";
import { expertAction } from "../../../../ts/environments/phones/canvas/expert.ts";
import { type CanvasTask, isDone } from "../../../../ts/environments/phones/canvas/goal.ts";
import { LAUNCHER, type PhoneState } from "../../../../ts/environments/phones/canvas/state.ts";
import { canvasTasks, TASK_STYLES } from "../../../../ts/environments/phones/canvas/tasks.ts";
import { pressed, swiped, touched, typed } from "../../../../ts/environments/phones/canvas/transition.ts";
import type { PhoneAction } from "../../../../ts/parsing/phone-action.ts";
import { walkedStates } from "./random-walk.ts";

function executed(state: PhoneState, action: PhoneAction): PhoneState {
  switch (action.type) {
    case "DUAL_POINT": {
      const { touch, lift } = action;
      return touch.x === lift.x && touch.y === lift.y ? touched(state, touch) : swiped(state, touch, lift);
    }
    case "TYPE":
      return typed(state, action.text);
    case "PRESS_BACK":
      return pressed(state, "back");
    case "PRESS_HOME":
      return pressed(state, "home");
    case "PRESS_ENTER":
      return pressed(state, "enter");
    default:
      throw new RangeError(`the expert gave up: ${action.type}`);
  }
}

/** How many actions the expert takes, before it says that it has finished. */
function stepsTaken(start: PhoneState, task: CanvasTask, most: number): number {
  let state = start;
  for (let step = 0; step <= most; step += 1) {
    const action = expertAction(state, task);
    if (action.type === "STATUS_TASK_COMPLETE") {
      expect(isDone(state, task)).to.equal(true);
      return step;
    }
    state = executed(state, action);
  }
  throw new RangeError(`${task.instruction}: not done after ${most} actions, from ${JSON.stringify(start)}`);
}

/** From the launcher: less than the horizon of each style, 10 and 20. */
const MOST_STEPS = { general: 9, webshopping: 10 };
/** From anywhere: as many, and what it takes to correct what was done wrong. */
const MOST_STEPS_FROM_ANYWHERE = 12;

for (const style of TASK_STYLES) {
  describe(`the expert on ${style} tasks`, () => {
    const tasks = [...canvasTasks(style, "train"), ...canvasTasks(style, "test")];

    it("does every one of them from the start", () => {
      for (const [index, task] of tasks.entries()) {
        expect(stepsTaken(freshPhone(index), task, MOST_STEPS[style])).to.be.above(0);
      }
    });

    it("does every one of them from wherever a random walk leads", function () {
      this.timeout(30_000);
      fc.assert(
        fc.property(fc.nat(), fc.nat(tasks.length - 1), fc.nat(40), (seed, index, steps) => {
          const state = walkedStates({ seed, steps }).at(-1) as PhoneState;
          stepsTaken(state, tasks[index] as CanvasTask, MOST_STEPS_FROM_ANYWHERE);
        }),
        { numRuns: 800 },
      );
    });
  });
}

describe("the expert", () => {
  const task: CanvasTask = {
    instruction: "",
    kind: "search shop",
    goal: { kind: "search shop", shop: "gadgo.com", query: "red lamp" },
  };
  const shop = { at: "shop", shop: "gadgo.com" } as const;

  it("goes back from a share sheet to the page beneath, and home from a wrong app", () => {
    const sheet: PhoneState = { ...freshPhone(3), screens: [LAUNCHER, { at: "start" }, shop, { at: "share" }] };
    expect(expertAction(sheet, task)).to.deep.equal({ type: "PRESS_BACK" });
    const wrong: PhoneState = { ...freshPhone(3), screens: [LAUNCHER, { at: "locked", app: "Mail" }] };
    expect(expertAction(wrong, task)).to.deep.equal({ type: "PRESS_HOME" });
  });

  it("goes on with what has been typed, and clears what is wrong", () => {
    const typing = (text: string): PhoneState => ({
      ...freshPhone(3),
      screens: [LAUNCHER, { at: "start" }, shop],
      typing: { field: "shop", text },
    });
    expect(expertAction(typing(""), task)).to.deep.equal({ type: "TYPE", text: "red lamp" });
    expect(expertAction(typing("red "), task)).to.deep.equal({ type: "TYPE", text: "lamp" });
    expect(expertAction(typing("Red lamp"), task)).to.deep.equal({ type: "PRESS_ENTER" });
    expect(executed(typing("blue"), expertAction(typing("blue"), task)).typing?.text).to.equal("");
  });
});
