import { expect } from "chai";
import type { Judge, Verdict } from "../../../ts/environments/phones/judge.ts";
import { Phone, type PhoneParts } from "../../../ts/environments/phones/phone.ts";
import type { PhoneTask } from "../../../ts/environments/phones/task.ts";
import { EnvironmentError } from "../../../ts/errors.ts";
import type { PhoneAction } from "../../../ts/parsing/phone-action.ts";
import { rejection } from "../../rejection.ts";
import { RecordingDevice } from "./recording-device.ts";

const tasks = [
  { instruction: "Open the clock", kind: "open" },
  { instruction: "Search for tea", kind: "search" },
];
const tap = (x: number, y: number): PhoneAction => ({ type: "DUAL_POINT", touch: { x, y }, lift: { x, y } });
/** What formats that name points need to know. */
const nothing = { prompt: "" };
const BACK: PhoneAction = { type: "PRESS_BACK" };

describe("Phone", () => {
  /** Judges by a list of verdicts, one a step, and by failure behind its end. */
  function setUp(verdicts: readonly Verdict["kind"][] = [], changes: Partial<PhoneParts<PhoneTask>> = {}) {
    const device = new RecordingDevice();
    const judged: number[] = [];
    const judge: Judge = {
      verdict: async (_, { before, after, actions }) => {
        judged.push((after.rgb[0] ?? 0) - (before.rgb[0] ?? 0));
        const kind = verdicts[actions.length - 1] ?? "failure";
        return kind === "unknown" ? { kind, reason: "no answer" } : { kind };
      },
    };
    const settings = {
      horizon: 3,
      prompt: "autoui",
      format: "autoui",
      history: 1,
      touchGrid: null,
      conditions: {},
    } as const;
    return {
      device,
      judged,
      phone: new Phone({ id: "phone", device, judge, tasks: () => tasks, ...settings, ...changes }),
    };
  }

  it("asks for one task after the other by seed, on a phone that is reset with it", async () => {
    const { phone, device } = setUp();
    expect((await phone.reset({ seed: 0 })).prompt).to.equal("Previous Actions: Goal: Open the clock");
    expect((await phone.reset({ seed: 5 })).prompt).to.equal("Previous Actions: Goal: Search for tea");
    expect(device.told).to.deep.equal(["reset 5"]);
    expect((await phone.reset({ seed: 5, options: { task: 0 } })).prompt).to.include("Open the clock");
    expect(await rejection(phone.reset({ seed: 0, options: { task: 2 } }))).to.be.instanceOf(EnvironmentError);
  });

  it("has the device do what each action says, and shows the last of them in its form", async () => {
    const { phone, device } = setUp([], { horizon: 9 });
    await phone.reset({ seed: 0 });
    const actions: PhoneAction[] = [
      tap(0.5, 0.25),
      { type: "DUAL_POINT", touch: { x: 0.5, y: 0.8 }, lift: { x: 0.5, y: 0.2 } },
      { type: "TYPE", text: "tea" },
      BACK,
      { type: "PRESS_HOME" },
      { type: "PRESS_ENTER" },
      { type: "IDLE" },
    ];
    for (const action of actions) await phone.step(action);
    expect(device.told.slice(1)).to.deep.equal([
      "tap 0.5 0.25",
      "swipe 0.5 0.8 0.5 0.2",
      "type tea",
      "press back",
      "press home",
      "press enter",
    ]);
    const { observation } = await phone.step(tap(0.5, 0.25));
    expect(observation.prompt).to.equal(
      'Previous Actions: "action_type": "DUAL_POINT", "touch_point": "[0.2500, 0.5000]", ' +
        '"lift_point": "[0.2500, 0.5000]", "typed_text": "" Goal: Open the clock',
    );
  });

  it("tells a tap from a swipe by √10 pixels of the screen", async () => {
    const { phone, device } = setUp();
    await phone.reset({ seed: 0 });
    const touch = { x: 0.5, y: 0.5 };
    await phone.step({ type: "DUAL_POINT", touch, lift: { x: 0.53, y: 0.5 } });
    await phone.step({ type: "DUAL_POINT", touch, lift: { x: 0.53, y: 0.506 } });
    expect(device.told.slice(1).map((command) => command.split(" ")[0])).to.deep.equal(["tap", "swipe"]);
  });

  it("ends with the judge's success, worth 1, having shown it the screens before and after", async () => {
    const { phone, judged } = setUp(["failure", "success"]);
    await phone.reset({ seed: 1 });
    expect(await phone.step(BACK)).to.include({ reward: 0, terminated: false, truncated: false });
    const last = await phone.step(BACK);
    expect(last).to.include({ reward: 1, terminated: true, success: true, kind: "search" });
    expect(judged).to.deep.equal([1, 1]);
    expect(await rejection(phone.step(BACK))).to.be.instanceOf(EnvironmentError);
  });

  it("ends where the agent says so, and at the horizon", async () => {
    const { phone } = setUp();
    await phone.reset({ seed: 0 });
    expect(await phone.step({ type: "STATUS_TASK_COMPLETE" })).to.include({ terminated: true, success: false });
    await phone.reset({ seed: 0 });
    await phone.step(BACK);
    await phone.step(BACK);
    expect(await phone.step(BACK)).to.include({ terminated: false, truncated: true, success: false, reward: 0 });
  });

  it("says what broke down, the device at any step or the judge at the last, and tells no success", async () => {
    const { phone, device } = setUp();
    await phone.reset({ seed: 0 });
    device.failsAt = 2;
    await phone.step(BACK);
    const broken = await phone.step(BACK);
    expect(broken).to.include({
      fault: "recorder: the cable came off",
      terminated: false,
      truncated: false,
      reward: 0,
    });
    expect(broken).to.not.have.property("success");
    expect(await rejection(phone.step(BACK))).to.be.instanceOf(EnvironmentError);

    const doubtful = setUp(["unknown", "failure", "unknown"]).phone;
    await doubtful.reset({ seed: 0 });
    expect(await doubtful.step(BACK)).to.not.have.property("fault");
    await doubtful.step(BACK);
    const undecided = await doubtful.step(BACK);
    expect(undecided).to.include({ fault: "judge: no answer", terminated: false, truncated: false });
    expect(undecided).to.not.have.property("success");
  });

  it("goes on from a saved state by doing all again", async () => {
    const { phone, device } = setUp([], { horizon: 9 });
    await phone.reset({ seed: 7 });
    await phone.step(tap(0.1, 0.2));
    const { observation } = await phone.step({ type: "TYPE", text: "tea" });
    const state = JSON.parse(JSON.stringify(phone.state())) as never;
    const told = [...device.told];
    const other = setUp([], { horizon: 9 });
    expect(await other.phone.restore(state)).to.deep.equal(observation);
    expect(other.device.told).to.deep.equal(told);
  });

  it("reads CogAgent's operations where asked to", () => {
    const { phone } = setUp([], { format: "cogagent" });
    expect(phone.parse("Grounded Operation:press back", nothing)).to.deep.include({ action: BACK });
    expect(setUp().phone.parse("Grounded Operation:press back", nothing)).to.include({ kind: "invalid" });
  });

  it("has a second factor for the touch's place where a grid is asked for", () => {
    const { phone } = setUp([], { touchGrid: 2 });
    expect(phone.spec.factors.map(({ name, labels }) => [name, labels.length])).to.deep.equal([
      ["type", 7],
      ["touch", 6],
    ]);
    const labels = (y: number, x: number) => {
      const point = `"[${y}, ${x}]"`;
      const parse = phone.parse(
        `Action Decision: "action_type": "DUAL_POINT", "touch_point": ${point}, "lift_point": ${point}, "typed_text": ""`,
        nothing,
      );
      return parse.kind === "action" ? parse.factors : parse.reason;
    };
    expect(labels(0.7, 0.2)).to.deep.equal({ type: "DUAL_POINT", touch: "row 2, column 1" });
    expect(labels(0, 0.99)).to.deep.equal({ type: "DUAL_POINT", touch: "row 1, column 2" });
    expect(labels(1, 0.5)).to.deep.equal({ type: "DUAL_POINT", touch: "outside" });
    expect(labels(-0.1, 0.5)).to.deep.equal({ type: "DUAL_POINT", touch: "outside" });
  });
});
