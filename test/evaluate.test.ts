import { expect } from "chai";
import { EnvironmentError } from "../ts/errors.ts";
import { type EvaluationRequest, evaluate } from "../ts/evaluate.ts";
import { policyAgent } from "../ts/policy-agent.ts";
import { RandomStreams } from "../ts/random.ts";
import { wilsonInterval } from "../ts/report/statistics.ts";
import { Chain } from "./chain.ts";
import { FakeWorker } from "./fake-worker.ts";
import { rejection } from "./rejection.ts";

describe("evaluate", () => {
  const setUp = (changes: Partial<EvaluationRequest> = {}, { invalidRate = 0, greedy = false } = {}) => {
    const environments: Chain[] = [];
    const worker = new FakeWorker({ oracle: () => "go", wrongAction: () => "stay", invalidRate });
    const request: EvaluationRequest = {
      agent: policyAgent(worker, { sampling: { temperature: 1, maxNewTokens: 8 }, greedy }),
      createEnvironment: () => {
        const environment = new Chain({ length: 1 + (environments.length % 3), ending: "truncated", reward: 0.5 });
        environments.push(environment);
        return environment;
      },
      episodes: 7,
      inFlight: 3,
      streams: new RandomStreams(5),
      ...changes,
    };
    return { worker, environments, request };
  };

  it("plays exactly the episodes asked for, in waves, and lets those that have ended sit out", async () => {
    const { worker, environments, request } = setUp();
    const { episodes, successes, rate, interval, meanReturn } = await evaluate(request);
    expect({ episodes, successes, rate }).to.deep.equal({ episodes: 7, successes: 7, rate: 1 });
    expect(interval).to.deep.equal(wilsonInterval(7, 7));
    expect(meanReturn).to.be.closeTo((0.5 + 1 + 1.5 + 0.5 + 1 + 1.5 + 0.5) / 7, 1e-9);
    const batches = worker.paramsOf("act").map(({ observations }) => observations.prompts.length);
    expect(batches).to.deep.equal([3, 2, 1, 3, 2, 1, 1]);
    expect(environments.map(({ isClosed }) => isClosed)).to.deep.equal([true, true, true]);
  });

  it("counts episodes in which the environment broke down neither as success nor as failure", async () => {
    let made = 0;
    const createEnvironment = () => new Chain({ length: 1, ending: made++ === 0 ? "fault" : "terminated" });
    const evaluation = await evaluate(setUp({ createEnvironment, inFlight: 3, episodes: 6 }).request);
    expect(evaluation).to.deep.include({ successes: 4, episodes: 4, rate: 1, meanReturn: 1, faults: 2 });
    expect(await evaluate(setUp().request)).to.not.have.property("faults");
  });

  it("gives no figures where the environment broke down in every episode", async () => {
    const createEnvironment = () => new Chain({ length: 1, ending: "fault" });
    const error = await rejection(evaluate(setUp({ createEnvironment, episodes: 2 }).request));
    expect(error).to.be.instanceOf(EnvironmentError);
    expect(error.message).to.include("broke down in all 2 episodes; the first: the chain broke");
  });

  it("says what was played, where the environment tells", async () => {
    const conditions = { data: "synthetic" };
    const createEnvironment = () =>
      Object.assign(new Chain({ length: 1, ending: "terminated" }), { conditions: () => Promise.resolve(conditions) });
    expect(await evaluate(setUp({ createEnvironment }).request)).to.deep.include({ conditions });
    expect(await evaluate(setUp().request)).to.not.have.property("conditions");
  });

  it("tells success of each kind of episode, where the environment tells kinds apart", async () => {
    const kinds = ["short", "long"];
    let made = 0;
    const createEnvironment = () => {
      const place = made++;
      return new Chain({ length: 1, ending: "terminated", success: place === 0, kind: kinds[place] ?? "" });
    };
    const { successes, byKind } = await evaluate(setUp({ createEnvironment, inFlight: 2, episodes: 7 }).request);
    expect(successes).to.equal(4);
    expect(byKind).to.deep.equal([
      { kind: "long", successes: 0, episodes: 3, rate: 0, interval: wilsonInterval(0, 3) },
      { kind: "short", successes: 4, episodes: 4, rate: 1, interval: wilsonInterval(4, 4) },
    ]);
    expect(await evaluate(setUp().request)).not.to.have.property("byKind");
  });

  it("keeps nothing in the worker and asks for greedy utterances where wanted", async () => {
    const { worker, request } = setUp({}, { greedy: true });
    await evaluate(request);
    for (const params of worker.paramsOf("act")) expect(params).to.include({ stepIds: null, greedy: true });
  });

  it("counts shares over utterances", async () => {
    const { request } = setUp({}, { invalidRate: 1 });
    expect(await evaluate(request)).to.include({ invalid: 1, validJson: 0 });
    expect(await evaluate(setUp().request)).to.include({ invalid: 0, validJson: 1 });
    const createEnvironment = () => {
      const chain = new Chain({ length: 1, ending: "terminated" });
      return Object.assign(chain, { spec: { ...chain.spec, format: "text" as const } });
    };
    expect(await evaluate(setUp({ createEnvironment }).request)).to.include({ invalid: 0, validJson: null });
  });

  it("plays the same episodes for the same streams, and others for others", async () => {
    const seeds = async (seed: number) => {
      const { worker, environments, request } = setUp({ streams: new RandomStreams(seed) });
      await evaluate(request);
      return [
        environments.map((environment) => environment.seeds),
        worker.paramsOf("act").map((params) => params.seed),
      ];
    };
    expect(await seeds(1)).to.deep.equal(await seeds(1));
    expect(await seeds(1)).to.not.deep.equal(await seeds(2));
  });

  it("tells of every step, with the number of its episode and how that went", async () => {
    const heard: [number, string, boolean | undefined][] = [];
    const { request } = setUp({
      episodes: 4,
      onStep: async (episode, { utterance }, outcome) => {
        heard.push([episode, utterance, outcome?.success]);
      },
    });
    await evaluate(request);
    expect(heard.map(([episode]) => episode)).to.deep.equal([0, 1, 2, 1, 2, 2, 3]);
    const endings = heard.filter(([, , success]) => success !== undefined);
    expect(endings.map(([episode]) => episode)).to.deep.equal([0, 1, 2, 3]);
    expect(heard.every(([, utterance]) => utterance.includes('"action"'))).to.equal(true);
  });

  it("stops between two time steps, and still closes its environments", async () => {
    const controller = new AbortController();
    const { environments, request } = setUp({ signal: controller.signal });
    const stopped = new Error("stopped");
    controller.abort(stopped);
    expect(await evaluate(request).catch((error: unknown) => error)).to.equal(stopped);
    expect(environments.every(({ isClosed }) => isClosed)).to.equal(true);
  });
});
