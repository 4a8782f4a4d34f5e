import { expect } from "chai";
import type { Frame } from "../../../../ts/environments/phones/adb/screencap.ts";
import { settle } from "../../../../ts/environments/phones/adb/settle.ts";

/** A screen that shows another picture each time, until it has shown `changes`. */
function screen(changes: number): { capture: () => Promise<Frame>; shown: () => number } {
  let shown = 0;
  const capture = async () => ({ png: Buffer.of(Math.min(shown++, changes)), width: 1, height: shown });
  return { capture, shown: () => shown };
}

describe("settle", () => {
  it("waits until the screen has stood still, and returns its last frame", async () => {
    const { capture, shown } = screen(5);
    const frame = await settle(capture, { quietMs: 60, limitMs: 5_000, pollMs: 20 });
    expect(frame?.png).to.deep.equal(Buffer.of(5));
    expect(shown()).to.be.at.least(7);
  });

  it("leaves a screen that never stands still after the limit", async () => {
    const { capture, shown } = screen(1e9);
    const started = performance.now();
    expect(await settle(capture, { quietMs: 60, limitMs: 300, pollMs: 20 })).not.to.equal(undefined);
    expect(performance.now() - started).to.be.within(290, 2_000);
    expect(shown()).to.be.at.least(3);
  });

  it("waits at least as long as a screen has to stand still, since an action may take effect late", async () => {
    const { capture } = screen(0);
    const started = performance.now();
    await settle(capture, { quietMs: 200, limitMs: 5_000, pollMs: 20 });
    expect(performance.now() - started).to.be.at.least(190);
  });

  it("with a limit of 0 looks at nothing", async () => {
    const { capture, shown } = screen(0);
    expect(await settle(capture, { quietMs: 200, limitMs: 0, pollMs: 20 })).to.equal(undefined);
    expect(shown()).to.equal(0);
  });
});
