import { expect } from "chai";
import { RandomStreams } from "../ts/random.ts";
import { Rollout, type RolloutParts } from "../ts/rollout.ts";
import { bootstrap } from "../ts/training/bases/bootstrap.ts";
import { Chain, type ChainOptions } from "./chain.ts";
import { FakeWorker, type FakeWorkerOptions } from "./fake-worker.ts";

describe("Rollout", () => {
  it("cuts trajectories at the ends of episodes and of the rollout, and bootstraps each as it ended", async () => {
    const { rollout, environments, worker } = await started([
      { length: 2, ending: "terminated" },
      { length: 2, ending: "truncated" },
    ]);
    const { trajectories } = await rollout.collect(3);
    const [seedA, nextA] = environments[0]?.seeds ?? [];
    const [seedB, nextB] = environments[1]?.seeds ?? [];
    expect(trajectories.map(({ environment, steps }) => [environment, steps.map(({ id }) => id)])).to.deep.equal([
      [0, [1, 3]],
      [0, [5]],
      [1, [2, 4]],
      [1, [6]],
    ]);
    const prompts = trajectories.map(({ steps }) => steps.map(({ observation }) => observation.prompt));
    expect(prompts).to.deep.equal([
      [`${seedA}/0`, `${seedA}/1`],
      [`${nextA}/0`],
      [`${seedB}/0`, `${seedB}/1`],
      [`${nextB}/0`],
    ]);
    // V is the step within the episode plus 1; only termination is worth 0.
    expect((await bootstrap(worker, trajectories)).map(({ bootstrapValue }) => bootstrapValue)).to.deep.equal([
      0, 2, 3, 2,
    ]);
    expect(trajectories.map(({ next }) => next.prompt)).to.deep.equal([
      `${seedA}/2`,
      `${nextA}/1`,
      `${seedB}/2`,
      `${nextB}/1`,
    ]);
    expect(trajectories.map(({ steps }) => steps.map(({ value }) => value))).to.deep.equal([[1, 2], [1], [1, 2], [1]]);
  });

  it("bootstraps where the environment broke down, as where it cut off, and marks the episode", async () => {
    const { rollout, worker } = await started([{ length: 2, ending: "fault", success: true }]);
    const { trajectories, episodes } = await rollout.collect(3);
    const bootstrapped = await bootstrap(worker, trajectories);
    expect(bootstrapped.map(({ steps, bootstrapValue }) => [steps.length, bootstrapValue])).to.deep.equal([
      [2, 3],
      [1, 2],
    ]);
    expect(episodes).to.have.length(1);
    expect(episodes[0]).to.include({ ending: "fault", fault: "the chain broke", success: false });
  });

  it("values what is left open in one call, which keeps nothing", async () => {
    const { rollout, worker } = await started([
      { length: 2, ending: "truncated" },
      { length: 9, ending: "terminated" },
    ]);
    await bootstrap(worker, (await rollout.collect(2)).trajectories);
    expect(worker.paramsOf("act")).to.have.length(2);
    const [valued, ...others] = worker.paramsOf("values");
    expect(valued?.observations.prompts).to.have.length(2);
    expect(others).to.deep.equal([]);
  });

  it("asks for no value when every episode terminated", async () => {
    const { rollout, worker } = await started([{ length: 2, ending: "terminated" }]);
    await bootstrap(worker, (await rollout.collect(4)).trajectories);
    expect(worker.paramsOf("values")).to.deep.equal([]);
  });

  it("goes on with an episode in the next rollout, and records it whole", async () => {
    const { rollout } = await started([{ length: 3, ending: "terminated" }]);
    expect((await rollout.collect(2)).episodes).to.deep.equal([]);
    const { episodes, trajectories } = await rollout.collect(1);
    expect(trajectories[0]?.steps).to.have.length(1);
    expect(episodes[0]).to.include({ length: 3, return: 3, ending: "terminated", success: true });
    expect(episodes[0]?.steps).to.have.length(3);
  });

  it("executes a drawn fallback for an utterance without an action, and flags it", async () => {
    const { rollout, environments } = await started([{ length: 50, ending: "truncated" }], { invalidRate: 1 });
    const { trajectories } = await rollout.collect(40);
    const steps = trajectories.flatMap((trajectory) => trajectory.steps);
    expect(steps.every(({ parse }) => parse.kind === "invalid")).to.equal(true);
    expect(new Set(steps.map(({ action }) => action))).to.deep.equal(new Set(["go", "stay"]));
    expect(environments[0]?.executed).to.deep.equal(steps.map(({ action }) => action));
  });

  it("takes success from the environment, else from the return", async () => {
    const outcomes = async (options: ChainOptions) => {
      const { rollout } = await started([options]);
      return (await rollout.collect(options.length)).episodes.map(({ success }) => success);
    };
    expect(await outcomes({ length: 1, ending: "terminated", reward: 1 })).to.deep.equal([true]);
    expect(await outcomes({ length: 1, ending: "terminated", reward: 0 })).to.deep.equal([false]);
    expect(await outcomes({ length: 1, ending: "terminated", reward: 1, success: false })).to.deep.equal([false]);
    expect(await outcomes({ length: 1, ending: "truncated", reward: -1, success: true })).to.deep.equal([true]);
  });

  it("continues exactly from its state in the middle of episodes", async () => {
    const options: ChainOptions[] = [
      { length: 3, ending: "terminated" },
      { length: 5, ending: "truncated" },
    ];
    const whole = await started(options, { invalidRate: 0.3 });
    const cut = await started(options, { invalidRate: 0.3 });
    await whole.rollout.collect(4);
    await cut.rollout.collect(4);
    const saved = JSON.parse(JSON.stringify({ rollout: cut.rollout.state(), streams: cut.streams.state() }));
    const later = new RandomStreams(0);
    later.restore(saved.streams);
    const resumed = await Rollout.restore({ ...cut.parts, ...partsOf(options, cut.worker, later) }, saved.rollout);
    expect(await resumed.collect(4)).to.deep.equal(await whole.rollout.collect(4));
  });

  it("frees its environments", async () => {
    const { rollout, environments } = await started([{ length: 1, ending: "terminated" }]);
    await rollout.close();
    expect(environments[0]?.isClosed).to.equal(true);
  });
});

async function started(options: readonly ChainOptions[], fake: Partial<FakeWorkerOptions> = {}) {
  const worker = new FakeWorker({
    oracle: () => "go",
    wrongAction: () => "stay",
    invalidRate: 0,
    value: (prompt) => Number(prompt.split("/")[1]) + 1,
    ...fake,
  });
  const streams = new RandomStreams(1);
  const parts = partsOf(options, worker, streams);
  return { parts, worker, streams, environments: parts.environments, rollout: await Rollout.start(parts) };
}

function partsOf(options: readonly ChainOptions[], worker: FakeWorker, streams: RandomStreams) {
  return {
    worker,
    environments: options.map((each) => new Chain(each)),
    numGroups: 1,
    asynchronous: false,
    sampling: { temperature: 1, maxNewTokens: 8 },
    streams,
    keepImage: () => Promise.reject(new Error("a chain has no images")),
  } satisfies RolloutParts;
}
