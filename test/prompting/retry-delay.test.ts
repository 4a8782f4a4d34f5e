import { expect } from "chai";
import fc from "fast-check";
import { askedDelayMs, backoffMs } from "../../ts/prompting/retry-delay.ts";
import { RandomStream } from "../../ts/random.ts";

describe("waits between attempts", () => {
  const asked = (headers: Record<string, string>, body: unknown = {}, now = 0) =>
    askedDelayMs(new Headers(headers), body, now);

  it("are what the endpoint asks for, in any of its ways", () => {
    expect(asked({ "retry-after": "7" })).to.equal(7000);
    expect(asked({ "retry-after": "7", "retry-after-ms": "120" })).to.equal(120);
    const now = Date.parse("Wed, 21 Oct 2026 07:28:00 GMT");
    expect(asked({ "retry-after": "Wed, 21 Oct 2026 07:28:30 GMT" }, {}, now)).to.equal(30_000);
    expect(asked({ "retry-after": "Wed, 21 Oct 2026 07:27:30 GMT" }, {}, now)).to.equal(0);
    expect(asked({}, { error: { details: [{ "@type": "QuotaFailure" }, { retryDelay: "34.5s" }] } })).to.equal(34_500);
    expect(asked({ "retry-after": "soon" })).to.equal(undefined);
    expect(asked({}, "text")).to.equal(undefined);
  });

  it("otherwise double up to a minute, a random half left out", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 40 }),
        fc.nat(),
        fc.integer({ min: 1, max: 5000 }),
        (attempt, seed, first) => {
          const whole = Math.min(first * 2 ** attempt, 60_000);
          const wait = backoffMs(attempt, first, new RandomStream(seed));
          expect(wait)
            .to.be.greaterThan(whole / 2 - 1e-9)
            .and.at.most(whole);
          expect(backoffMs(attempt, first, new RandomStream(seed))).to.equal(wait);
        },
      ),
    );
  });
});
