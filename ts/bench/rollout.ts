import { setTimeout as sleep } from "node:timers/promises";
import type { Environment, Observation, StepResult } from "../environments/environment.ts";
import type { ParseResult } from "../parsing/parse.ts";
import type { Method, Params, Result } from "../protocol/messages.ts";
import { float32Tensor } from "../protocol/tensor.ts";
import { RandomStreams } from "../random.ts";
import { median } from "../report/statistics.ts";
import { Rollout } from "../rollout.ts";
import type { Worker } from "../worker/worker.ts";

/** Rollouts whose environments take as long for a step as the policy takes for a batch of utterances, or half as long. */
export interface RolloutBenchmark {
  /** Environment steps a second of two groups over those of one: at most 2. */
  readonly ratio: number;
  readonly stepsPerSecond: number;
  readonly oneGroupStepsPerSecond: number;
  /** The same where a step takes half as long as a batch of utterances: at most 1.5. */
  readonly halfStepRatio: number;
  /** Environment steps of one group; of two they are twice as many. */
  readonly n: number;
  /** Episodes a second at each environment's own pace over those in lockstep, where one environment takes ten times as long. */
  readonly ownPaceRatio: number;
  readonly ownPaceEpisodesPerSecond: number;
  readonly lockstepEpisodesPerSecond: number;
}

interface Latencies {
  /** Of a batch of utterances. */
  readonly latencyMs: number;
  /** Of an environment's step. */
  readonly stepMs: number;
}

/** Of one group. Two groups are two batches of this size, so that nothing hangs on how batches of other sizes do. */
const BATCH = 8;
const EPISODE_STEPS = 5;

/** The policy and the environments wait as long as they are told: what is measured is the order of their turns. */
export async function benchRollout({
  rounds = 3,
  timeSteps = 20,
  latencyMs = 40,
}: {
  rounds?: number;
  timeSteps?: number;
  latencyMs?: number;
} = {}): Promise<RolloutBenchmark> {
  const { one, two } = await oneAndTwoGroups({ rounds, timeSteps, latencyMs, stepMs: latencyMs });
  const half = await oneAndTwoGroups({ rounds, timeSteps, latencyMs, stepMs: latencyMs / 2 });
  const ownPace = await episodesPerSecondOf(true, latencyMs);
  const lockstep = await episodesPerSecondOf(false, latencyMs);
  return {
    ratio: two / one,
    halfStepRatio: half.two / half.one,
    stepsPerSecond: two,
    oneGroupStepsPerSecond: one,
    n: rounds * timeSteps * BATCH,
    ownPaceRatio: ownPace / lockstep,
    ownPaceEpisodesPerSecond: ownPace,
    lockstepEpisodesPerSecond: lockstep,
  };
}

/** Environment steps a second, medians over rounds that take turns. */
async function oneAndTwoGroups({
  rounds,
  timeSteps,
  ...latencies
}: Latencies & { rounds: number; timeSteps: number }): Promise<{ one: number; two: number }> {
  const [one, two]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    one.push(await stepsPerSecondOf(1, timeSteps, latencies));
    two.push(await stepsPerSecondOf(2, timeSteps, latencies));
  }
  return { one: median(one), two: median(two) };
}

/** Over two iterations, so that what the first leaves unfinished is counted. */
async function episodesPerSecondOf(asynchronous: boolean, latencyMs: number): Promise<number> {
  const environments = Array.from({ length: BATCH }, (_, index) =>
    slowEnvironment(index === 0 ? 10 * latencyMs : latencyMs, EPISODE_STEPS),
  );
  const rollout = await startRollout(environments, { latencyMs, asynchronous });
  const started = performance.now();
  const played = [await rollout.collectEpisodes(2 * BATCH), await rollout.collectEpisodes(2 * BATCH)];
  const seconds = (performance.now() - started) / 1000;
  await rollout.close();
  return played.reduce((total, { episodes }) => total + episodes.length, 0) / seconds;
}

async function stepsPerSecondOf(
  numGroups: number,
  timeSteps: number,
  { latencyMs, stepMs }: Latencies,
): Promise<number> {
  const numEnvironments = numGroups * BATCH;
  const environments = Array.from({ length: numEnvironments }, () => slowEnvironment(stepMs));
  const rollout = await startRollout(environments, { latencyMs, numGroups });
  const started = performance.now();
  await rollout.collect(timeSteps);
  return (numEnvironments * timeSteps) / ((performance.now() - started) / 1000);
}

function startRollout(
  environments: readonly Environment[],
  { latencyMs, numGroups = 1, asynchronous = false }: { latencyMs: number; numGroups?: number; asynchronous?: boolean },
): Promise<Rollout> {
  return Rollout.start({
    worker: speakingWorker(latencyMs),
    environments,
    numGroups,
    asynchronous,
    sampling: { temperature: 1, maxNewTokens: 1 },
    streams: new RandomStreams(0),
    keepImage: () => Promise.reject(new RangeError("these environments have no images")),
  });
}

/** Answers `act` alone, one after the other, each after `generationMs`. */
function speakingWorker(generationMs: number): Worker {
  let before: Promise<unknown> = Promise.resolve();
  const act = async ({ observations: { prompts } }: Params<"act">): Promise<Result<"act">> => {
    before = before.then(() => sleep(generationMs));
    await before;
    const zeros = float32Tensor(prompts.map(() => 0));
    return {
      utterances: prompts.map(() => "wait"),
      tokenCounts: prompts.map(() => 1),
      finished: prompts.map(() => true),
      logProbs: zeros,
      values: zeros,
    };
  };
  return {
    async call<M extends Method>(method: M, params: Params<M>): Promise<Result<M>> {
      if (method !== "act") throw new RangeError(`expected act, got ${method}`);
      return (await act(params as Params<"act">)) as Result<M>;
    },
  };
}

/** Episodes of steps that take their time elsewhere, as a simulator's or a device's do. */
function slowEnvironment(stepMs: number, length = Number.MAX_SAFE_INTEGER): Environment<string> {
  let stepsLeft = length;
  const observation: Observation = { prompt: "What now?" };
  const parsed: ParseResult<string> = {
    kind: "action",
    action: "wait",
    factors: { action: "wait" },
    span: [0, 4],
  };
  return {
    spec: {
      id: "slow",
      horizon: length,
      showsImages: false,
      factors: [{ name: "action", labels: ["wait"] }],
    },
    reset: async () => {
      stepsLeft = length;
      return observation;
    },
    step: async (): Promise<StepResult> => {
      await sleep(stepMs);
      stepsLeft -= 1;
      return { observation, reward: 0, terminated: false, truncated: stepsLeft === 0, info: {} };
    },
    parse: () => parsed,
    state: () => null,
    restore: async () => observation,
  };
}
