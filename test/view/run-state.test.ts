import { expect } from "chai";
import { runState, secondsLeft } from "../../ts/view/reading/run-state.ts";

const MINUTE = 60_000;
const iterations = [600, 20, 20, 40].map((seconds, index) => ({
  iteration: index + 1,
  envSteps: 0,
  metrics: {},
  seconds: { rollout: seconds / 2, updatePolicy: seconds / 2 },
}));

describe("state of a run", () => {
  const signs = { isFinished: false, isHeld: true, silentMs: 0, iterations };

  it("is running while its process writes, and stale once that has been silent for long", () => {
    expect(runState(signs)).to.equal("running");
    expect(runState({ ...signs, silentMs: 14 * MINUTE })).to.equal("running");
    expect(runState({ ...signs, silentMs: 16 * MINUTE })).to.equal("stale");
  });

  it("gives slow iterations their time", () => {
    const slow = iterations.map((iteration) => ({ ...iteration, seconds: { rollout: 600 } }));
    expect(runState({ ...signs, iterations: slow, silentMs: 90 * MINUTE })).to.equal("running");
    expect(runState({ ...signs, iterations: slow, silentMs: 110 * MINUTE })).to.equal("stale");
  });

  it("is finished with its summary, and unfinished where nobody works on it", () => {
    expect(runState({ ...signs, isFinished: true, isHeld: false })).to.equal("finished");
    expect(runState({ ...signs, isHeld: false })).to.equal("unfinished");
  });

  it("tells the time left by the last iterations, not by the first, which holds the offline stage", () => {
    expect(secondsLeft(iterations, 10)).to.be.closeTo((6 * 80) / 3, 1e-9);
    expect(secondsLeft(iterations, 3)).to.equal(0);
    expect(secondsLeft(iterations.slice(0, 1), 10)).to.equal(null);
    expect(secondsLeft(iterations, null)).to.equal(null);
  });
});
