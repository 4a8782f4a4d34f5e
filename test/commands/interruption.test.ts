import { expect } from "chai";
import { Interrupted, Interruption } from "../../ts/commands/interruption.ts";

describe("Interruption", () => {
  it("asks to stop at the first signal and ends at once at the second", async () => {
    const events: string[] = [];
    const interruption = new Interruption(() => events.push("ended"));
    const outcome = await interruption
      .during(
        "stopped; go on with X",
        () => events.push("notice"),
        async (signal) => {
          process.emit("SIGINT");
          expect(events).to.deep.equal(["notice"]);
          process.emit("SIGTERM");
          signal.throwIfAborted();
        },
      )
      .catch((error: unknown) => error);
    expect(outcome).to.be.instanceOf(Interrupted).with.property("message", "stopped; go on with X");
    expect(events.filter((event) => event === "ended")).to.have.length(1);
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
