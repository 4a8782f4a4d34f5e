import { expect } from "chai";
import type { EnvironmentDefinition } from "../../ts/environments/environment.ts";
import { numberLine } from "../../ts/environments/numberline/numberline.ts";
import { type SampleSize, sampleHeldOut } from "../../ts/explanation/held-out.ts";
import { silentProgress } from "../../ts/progress.ts";
import { RandomStreams } from "../../ts/random.ts";
import { Chain } from "../chain.ts";
import { FakeWorker } from "../fake-worker.ts";
import { smallExperiment } from "../small-experiment.ts";

describe("held-out utterances", () => {
  /** Episodes of 1, 2 and 3 steps in turn, three in flight. */
  async function sampled(size: SampleSize, seed = 1) {
    const chains: Chain[] = [];
    const definition = {
      ...numberLine,
      create: () => {
        const chain = new Chain({ length: 1 + (chains.length % 3), ending: "terminated" });
        chains.push(chain);
        return chain;
      },
    } as unknown as EnvironmentDefinition;
    const worker = new FakeWorker({ oracle: () => "go", wrongAction: () => "stay" });
    const experiment = smallExperiment({ evaluation: { episodes: 1, environments: 3 } });
    const signal = new AbortController().signal;
    const request = { size, streams: new RandomStreams(seed), progress: silentProgress, signal };
    return { chains, worker, ...(await sampleHeldOut({ worker, experiment, definition }, request)) };
  }

  it("are all of whole episodes, one after another in time's order", async () => {
    const { utterances, episodes, chains } = await sampled({ kind: "episodes", count: 5 });
    expect(episodes).to.equal(5);
    const steps = utterances.map(({ observation }) => Number(observation.prompt.split("/")[1]));
    expect(steps).to.deep.equal([0, 0, 1, 0, 1, 2, 0, 0, 1]);
    expect(chains.every(({ isClosed }) => isClosed)).to.equal(true);
  });

  it("are the first so many, with the episodes they come from", async () => {
    const { utterances, episodes } = await sampled({ kind: "utterances", count: 8 });
    expect([utterances.length, episodes]).to.deep.equal([8, 5]);
  });

  it("are kept by the worker under ids of their own", async () => {
    const { utterances, worker } = await sampled({ kind: "episodes", count: 7 });
    const ids = utterances.map(({ id }) => id);
    expect(new Set(ids).size).to.equal(ids.length);
    const { pieces } = await worker.call("readTokens", { stepIds: ids, alternatives: 0, temperature: 1, seed: 0 });
    expect(pieces.map((each) => each.join(""))).to.deep.equal(utterances.map(({ utterance }) => utterance));
  });

  it("are sampled as in training, the same for the same streams and others for others", async () => {
    const said = async (seed: number) => {
      const { worker, chains } = await sampled({ kind: "episodes", count: 4 }, seed);
      const acts = worker.paramsOf("act");
      expect(acts.every(({ greedy, temperature }) => !greedy && temperature === 0.5)).to.equal(true);
      return [acts.map((params) => params.seed), chains.map(({ seeds }) => seeds)];
    };
    expect(await said(1)).to.deep.equal(await said(1));
    expect(await said(1)).to.not.deep.equal(await said(2));
  });
});
