import { setTimeout as sleep } from "node:timers/promises";
import type { Environment, Observation, StepResult } from "../environments/environment.ts";
import type { ParseResult } from "../parsing/parse.ts";
import type { Method, Params, Result } from "../protocol/messages.ts";
import { float32Tensor } from "../protocol/tensor.ts";
import { RandomStreams } from "../random.ts";
import { median } from "../report/statistics.ts";
import { Rollout } from "../rollout.ts";
import type { Worker } from "../worker/worker.ts";

/** Rollouts whose environments take as long for a step as the policy takes for a batch of utterances. */
export interface RolloutBenchmark {
  /** Environment steps a second of two groups over those of one: at most 2. */
  readonly ratio: number;
  readonly stepsPerSecond: number;
  readonly oneGroupStepsPerSecond: number;
  /** Environment steps of one group; of two they are twice as many. */
  readonly n: number;
  /** Episodes a second at each environment's own pace over those in lockstep, where one environment takes ten times as long. */
  readonly ownPaceRatio: number;
  readonly ownPaceEpisodesPerSecond: number;
  readonly lockstepEpisodesPerSecond: number;
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
  const perSecond = { one: [] as number[], two: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    perSecond.one.push(await stepsPerSecondOf(1, timeSteps, latencyMs));
    perSecond.two.push(await stepsPerSecondOf(2, timeSteps, latencyMs));
  }
  const [one, two] = [median(perSecond.one), median(perSecond.two)];
  const ownPace = await episodesPerSecondOf(true, latencyMs);
  const lockstep = await episodesPerSecondOf(false, latencyMs);
  return {
    ratio: two / one,
    stepsPerSecond: two,
    oneGroupStepsPerSecond: one,
    n: rounds * timeSteps * BATCH,
    ownPaceRatio: ownPace / lockstep,
    ownPaceEpisodesPerSecond: ownPace,
    lockstepEpisodesPerSecond: lockstep,
  };
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

async function stepsPerSecondOf(numGroups: number, timeSteps: number, latencyMs: number): Promise<number> {
  const numEnvironments = numGroups * BATCH;
  const environments = Array.from({ length: numEnvironments }, () => slowEnvironment(latencyMs));
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

/** Answers `act` alone, after `generationMs`. */
function speakingWorker(generationMs: number): Worker {
  const act = async ({ observations: { prompts } }: Params<"act">): Promise<Result<"act">> => {
    await sleep(generationMs);
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
