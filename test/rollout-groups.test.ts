import { expect } from "chai";
import fc from "fast-check";
import type { Method } from "../ts/protocol/messages.ts";
import { RandomStreams } from "../ts/random.ts";
import { Rollout, type RolloutParts } from "../ts/rollout.ts";
import { Chain, type ChainOptions } from "./chain.ts";
import { FakeWorker } from "./fake-worker.ts";
import { deferred, Paced, ticks } from "./paced-chain.ts";

describe("Rollout in groups", () => {
  it("asks for every group at once, and again for one whose environments rest, whatever the other's are at", async () => {
    const events: string[] = [];
    const asked = [deferred(), deferred(), deferred()];
    let acts = 0;
    const worker = workerOf((method) => {
      events.push(`${method} ${acts}`);
      asked[acts++]?.resolve();
    });
    const first = new Paced(forever, async () => void events.push("first steps"));
    // The second group's first step ends only when the worker has been asked for the first group once more.
    const second = new Paced(forever, async () => {
      events.push("second steps");
      await asked[2]?.promise;
      events.push("second is at rest");
    });
    const rollout = await Rollout.start(partsOf([first, second], 2, worker));
    await rollout.collect(2);
    expect(events.slice(0, 6)).to.deep.equal([
      "act 0",
      "act 1",
      "first steps",
      "second steps",
      "act 2",
      "second is at rest",
    ]);
  });

  it("lets the present policy begin a collection, and whoever holds it say the rest", async () => {
    const speakers = async (isEngineApart: boolean) => {
      const worker = workerOf();
      const parts = partsOf([new Chain(forever), new Chain(forever)], 2, worker);
      const rollout = await Rollout.start({ ...parts, isEngineApart });
      await rollout.collect(2);
      await rollout.collect(1);
      return worker.paramsOf("act").map(({ policy }) => policy);
    };
    expect(await speakers(true)).to.deep.equal(["present", "held", "held", "held", "present", "held"]);
    // The engine in the worker is the present policy.
    expect(new Set(await speakers(false))).to.deep.equal(new Set(["present"]));
  });

  it("tells of what was said before the environments answer, by the names that the worker knows", async () => {
    const events: string[] = [];
    const environment = new Paced(forever, async () => void events.push("steps"));
    const parts = { ...partsOf([environment], 1), onSpoken: tell };
    function tell(steps: readonly { id: number; utterance: string }[]): void {
      events.push(...steps.map(({ id, utterance }) => `${id}: ${utterance.length > 0}`));
    }
    await (await Rollout.start(parts)).collect(2);
    expect(events).to.deep.equal(["1: true", "steps", "2: true", "steps"]);
  });

  it("yields the same whatever the environments' latencies", async () => {
    const undelayed = await played(2, () => 0);
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.nat(4)), async (latencies) => {
        expect(await played(2, () => latencies.next().value)).to.deep.equal(undelayed);
      }),
      { numRuns: 25 },
    );
  });

  it("splits as evenly as can be, in a fixed order, and keeps the environments' places", async () => {
    const worker = workerOf();
    const environments = Array.from({ length: 5 }, () => new Chain(forever));
    const { trajectories } = await (await Rollout.start(partsOf(environments, 2, worker))).collect(2);
    const batches = worker.paramsOf("act").map(({ stepIds }) => stepIds);
    expect(batches).to.deep.equal([
      [1, 2, 3],
      [4, 5],
      [6, 7, 8],
      [9, 10],
    ]);
    expect(trajectories.map(({ environment, steps }) => [environment, steps.map(({ id }) => id)])).to.deep.equal([
      [0, [1, 6]],
      [1, [2, 7]],
      [2, [3, 8]],
      [3, [4, 9]],
      [4, [5, 10]],
    ]);
  });

  it("continues exactly from its state in the middle of episodes", async () => {
    const whole = await started(2);
    const cut = await started(2);
    await whole.rollout.collect(4);
    await cut.rollout.collect(4);
    const saved = JSON.parse(JSON.stringify({ rollout: cut.rollout.state(), streams: cut.parts.streams.state() }));
    const streams = new RandomStreams(0);
    streams.restore(saved.streams);
    const resumed = await Rollout.restore({ ...partsOf(chains(), 2, cut.parts.worker), streams }, saved.rollout);
    expect(await resumed.collect(6)).to.deep.equal(await whole.rollout.collect(6));
  });

  it("fails with an environment's error once the other group has come to rest", async () => {
    let isAtRest = false;
    const failing = new Paced(forever, () => Promise.reject(new Error("the simulator is gone")));
    const slow = new Paced(forever, async () => {
      await ticks(5);
      isAtRest = true;
    });
    const rollout = await Rollout.start(partsOf([failing, slow], 2));
    const failure = await rollout.collect(3).catch((error: unknown) => error);
    expect(failure).to.be.an("error").with.property("message", "the simulator is gone");
    expect(isAtRest).to.equal(true);
  });
});

const forever: ChainOptions = { length: 100, ending: "truncated" };

function chains(latency: () => number = () => 0): Chain[] {
  return [3, 2, 5, 4].map(
    (length, index) =>
      new Paced({ length, ending: index % 2 === 0 ? "terminated" : "truncated" }, () => ticks(latency())),
  );
}

async function started(groups: number, latency?: () => number) {
  const parts = partsOf(chains(latency), groups);
  return { parts, rollout: await Rollout.start(parts) };
}

/** All that a run would keep of two rollouts. */
async function played(groups: number, latency: () => number) {
  const { parts, rollout } = await started(groups, latency);
  const experiences = [await rollout.collect(5), await rollout.collect(4)];
  return { experiences, state: rollout.state(), streams: parts.streams.state(), calls: parts.worker.calls };
}

function workerOf(beforeCall: (method: Method) => void = () => undefined): FakeWorker {
  return new FakeWorker({
    oracle: () => "go",
    wrongAction: () => "stay",
    invalidRate: 0.4,
    value: (prompt) => Number(prompt.split("/")[1]) + 1,
    beforeCall,
  });
}

function partsOf(environments: readonly Chain[], numGroups: number, worker = workerOf()) {
  return {
    worker,
    environments,
    numGroups,
    asynchronous: false,
    sampling: { temperature: 1, maxNewTokens: 8 },
    streams: new RandomStreams(1),
    keepImage: () => Promise.reject(new Error("a chain has no images")),
  } satisfies RolloutParts;
}
