import { expect } from "chai";
import { benchBridge } from "../../ts/bench/bridge.ts";

describe("benchBridge", () => {
  it("measures both ways on answers that it checks, and finds the bridge several times faster", async () => {
    const { p50Ms, p95Ms, httpP50Ms, ratio, n } = await benchBridge({ rounds: 3 });
    expect(n).to.equal(30);
    expect(p95Ms).to.be.at.least(p50Ms);
    expect(ratio).to.equal(httpP50Ms / p50Ms);
    expect(ratio).to.be.above(3);
  });
});
