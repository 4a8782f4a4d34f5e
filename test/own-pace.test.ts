import { expect } from "chai";
import { RandomStreams } from "../ts/random.ts";
import { Rollout, type RolloutParts } from "../ts/rollout.ts";
import { Chain, type ChainOptions } from "./chain.ts";
import { FakeWorker } from "./fake-worker.ts";
import { deferred, Paced, ticks } from "./paced-chain.ts";

const short: ChainOptions = { length: 2, ending: "terminated" };

describe("Rollout at each environment's own pace", () => {
  it("collects from the others while one is slow, whose episode counts when it ends, whole and once", async () => {
    const answered = deferred();
    const slow = new Paced({ length: 3, ending: "truncated" }, () => answered.promise);
    const { rollout, worker } = await started([slow, new Chain(short), new Chain(short)]);
    const first = await rollout.collectEpisodes(4);
    expect(first.episodes).to.have.length.at.least(4);
    expect(first.episodes.map(({ environment }) => environment)).not.to.include(0);
    expect(slow.executed).to.deep.equal([]);

    answered.resolve();
    const later = [await rollout.collectEpisodes(6), await rollout.collectEpisodes(6)];
    const all = [first, ...later];
    const ofSlow = all.flatMap(({ trajectories }) => trajectories.filter(({ environment }) => environment === 0));
    expect(ofSlow[0]?.steps).to.have.length(3);
    expect(ofSlow[0]?.steps[0]?.id).to.equal(1);
    expect(first.staleStepIds).to.deep.equal([]);
    expect(all.flatMap(({ staleStepIds }) => staleStepIds ?? [])).to.include(1);
    // Every trajectory is a whole episode, and every step was asked of the worker once.
    for (const { trajectories, episodes } of all) {
      expect(trajectories.map(({ environment, steps }) => [environment, steps.length])).to.deep.equal(
        episodes.map(({ environment, length }) => [environment, length]),
      );
    }
    const ids = all.flatMap(({ trajectories }) => trajectories.flatMap(({ steps }) => steps.map(({ id }) => id)));
    expect(new Set(ids).size).to.equal(ids.length);
    const asked = new Set(worker.paramsOf("act").flatMap(({ stepIds }) => stepIds ?? []));
    expect(ids.filter((id) => !asked.has(id))).to.deep.equal([]);
  });

  it("speaks for all that rest at the same moment in one batch", async () => {
    const { rollout, worker } = await started([new Chain(short), new Chain(short), new Chain(short)]);
    await rollout.collectEpisodes(6);
    expect(worker.paramsOf("act").map(({ stepIds }) => stepIds?.length)).to.deep.equal([3, 3, 3, 3]);
  });

  it("marks the episode of an environment that broke down, and plays on", async () => {
    const { rollout } = await started([new Chain({ length: 1, ending: "fault" }), new Chain(short)]);
    const { episodes, trajectories } = await rollout.collectEpisodes(5);
    expect(new Set(episodes.map(({ environment, ending }) => `${environment} ${ending}`))).to.deep.equal(
      new Set(["0 fault", "1 terminated"]),
    );
    expect(trajectories).to.have.length(episodes.length);
  });

  it("plays anew, after it was cut off, what nobody has learned from, and lets the worker forget its steps", async () => {
    const answered = deferred();
    const ended = deferred();
    const slow = new Paced({ length: 3, ending: "terminated" }, () => answered.promise);
    // Ends an episode in the middle of nowhere: between two collections.
    const late = new Paced({ length: 1, ending: "terminated" }, () => ended.promise);
    const { rollout, parts, worker } = await started([slow, new Chain(short), late]);
    const { trajectories } = await rollout.collectEpisodes(2);
    const lateSeed = late.seeds[0];
    ended.resolve();
    await ticks(3);
    expect(late.seeds, "the next episode has begun").to.have.length(2);

    const saved = JSON.parse(JSON.stringify(rollout.state()));
    const [firstSeat, , lastSeat] = saved.seats;
    expect([firstSeat.environment, lastSeat.environment]).to.deep.equal([
      { seed: slow.seeds[0], step: 0 },
      { seed: lateSeed, step: 0 },
    ]);
    const again = [new Chain(short), new Chain(short), new Chain(short)];
    const resumed = await Rollout.restore({ ...parts, environments: again }, saved);
    const learned = trajectories.flatMap(({ steps }) => steps.map(({ id }) => id));
    const spoken = worker.paramsOf("act").flatMap(({ stepIds }) => stepIds ?? []);
    const [forgotten] = worker.paramsOf("forgetSteps");
    expect(forgotten?.stepIds?.toSorted(ascending)).to.deep.equal(
      spoken.filter((id) => !learned.includes(id)).toSorted(ascending),
    );
    const next = await resumed.collectEpisodes(3);
    expect(next.trajectories.find(({ environment }) => environment === 2)?.steps[0]?.observation.prompt).to.equal(
      `${lateSeed}/0`,
    );
    expect(next.trajectories.every(({ steps }) => steps.every(({ id }) => !spoken.includes(id)))).to.equal(true);
    answered.resolve();
  });

  it("fails with an environment's error once the others have come to rest", async () => {
    let isAtRest = false;
    const failing = new Paced(short, () => Promise.reject(new Error("the simulator is gone")));
    const slow = new Paced(short, async () => {
      await ticks(5);
      isAtRest = true;
    });
    const { rollout } = await started([failing, slow]);
    const failure = await rollout.collectEpisodes(3).catch((error: unknown) => error);
    expect(failure).to.be.an("error").with.property("message", "the simulator is gone");
    expect(isAtRest).to.equal(true);
  });

  it("closes an environment when it has come to rest", async () => {
    const answered = deferred();
    const slow = new Paced(short, () => answered.promise);
    const { rollout } = await started([slow, new Chain(short)]);
    await rollout.collectEpisodes(1);
    const closing = rollout.close();
    await ticks(3);
    expect(slow.isClosed).to.equal(false);
    answered.resolve();
    await closing;
    expect(slow.isClosed).to.equal(true);
  });
});

async function started(environments: readonly Chain[]) {
  const worker = new FakeWorker({ oracle: () => "go", wrongAction: () => "stay", invalidRate: 0.2 });
  const parts = {
    worker,
    environments,
    numGroups: 1,
    asynchronous: true,
    sampling: { temperature: 1, maxNewTokens: 8 },
    streams: new RandomStreams(1),
    keepImage: () => Promise.reject(new Error("a chain has no images")),
  } satisfies RolloutParts;
  return { worker, parts, rollout: await Rollout.start(parts) };
}

function ascending(a: number, b: number): number {
  return a - b;
}
