import { expect } from "chai";
import { Interrupted, Interruption } from "../../ts/commands/interruption.ts";

describe("Interruption", () => {
  it("asks to stop at the first signal and ends at once at the second", async () => {
    const events: string[] = [];
    let now = 0;
    const interruption = new Interruption(
      () => events.push("ended"),
      () => now,
    );
    const outcome = await interruption
      .during(
        "stopped; go on with X",
        () => events.push("notice"),
        async (signal) => {
          process.emit("SIGINT");
          expect(events).to.deep.equal(["notice"]);
          // The same Ctrl-C, passed on by npm.
          now = 10;
          process.emit("SIGINT");
          expect(events).to.deep.equal(["notice"]);
          now = 2000;
          process.emit("SIGTERM");
          expect(events).to.deep.equal(["notice", "ended"]);
          signal.throwIfAborted();
        },
      )
      .catch((error: unknown) => error);
    expect(outcome).to.be.instanceOf(Interrupted).with.property("message", "stopped; go on with X");
  });

  it("leaves signals alone before and after", async () => {
    const listeners = () => process.listenerCount("SIGINT");
    const before = listeners();
    await new Interruption(() => {}).during(
      "",
      () => {},
      async () => expect(listeners()).to.equal(before + 1),
    );
    expect(listeners()).to.equal(before);
  });
});
