import type { Environment } from "../environments/environment.ts";
import { isOver } from "../episode.ts";
import { interact } from "../interaction.ts";
import type { LoadedRun } from "../loaded-run.ts";
import { policyAgent } from "../policy-agent.ts";
import type { Progress } from "../progress.ts";
import type { RandomStreams } from "../random.ts";
import { createEnvironment } from "../training/training.ts";
import type { Spoken } from "../trajectory.ts";

/** How much of a policy's behaviour to look at: whole episodes, or the first so many utterances of whole episodes. */
export type SampleSize = { kind: "utterances"; count: number } | { kind: "episodes"; count: number };

/** Utterances that no training has seen, kept by the worker under their ids. */
export interface HeldOut {
  /** Episode by episode, in time's order. */
  readonly utterances: readonly Spoken[];
  /** Those that the utterances come from; the last may be cut. */
  readonly episodes: number;
}

export interface HeldOutRequest {
  readonly size: SampleSize;
  /** Made for this purpose alone: training never draws from them. */
  readonly streams: RandomStreams;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

type Player = Pick<LoadedRun, "worker" | "experiment" | "definition">;

/** Episodes played at once; a wave is played to its end, so that long episodes count as they should. */
const waveSize = 32;

/** Plays fresh episodes with the run's policy, as it acts in training. */
export async function sampleHeldOut(loaded: Player, request: HeldOutRequest): Promise<HeldOut> {
  const { size, progress } = request;
  const inFlight = Math.min(waveSize, size.count, loaded.experiment.evaluation.environments);
  const environments = Array.from({ length: inFlight }, () => createEnvironment(loaded));
  const episodes: Spoken[][] = [];
  const numSpoken = (): number => episodes.reduce((sum, { length }) => sum + length, 0);
  const reached = (): number => Math.min(size.count, size.kind === "episodes" ? episodes.length : numSpoken());
  progress.begin(`sample ${size.kind}`, size.count);
  try {
    while (reached() < size.count) {
      const wanted = size.kind === "episodes" ? size.count - episodes.length : inFlight;
      episodes.push(...(await playWave(loaded, environments.slice(0, wanted), numSpoken(), request)));
      progress.update(reached());
    }
  } finally {
    progress.end();
    await Promise.all(environments.map((environment) => environment.close?.()));
  }
  if (size.kind === "episodes") return { utterances: episodes.flat(), episodes: episodes.length };
  return firstUtterances(episodes, size.count);
}

/** What was said in one episode of each environment; ids count up from `firstId`. */
async function playWave(
  { worker, experiment }: Player,
  environments: readonly Environment[],
  firstId: number,
  { streams, signal }: HeldOutRequest,
): Promise<Spoken[][]> {
  const seeds = environments.map(() => streams.stream("environments").seed());
  const seats = await Promise.all(
    environments.map(async (environment, index) => ({
      environment,
      observation: await environment.reset({ seed: seeds[index] ?? 0 }),
      spoken: [] as Spoken[],
    })),
  );
  const agent = policyAgent(worker, { sampling: experiment.sampling, greedy: false });
  let running = seats;
  let nextId = firstId;
  while (running.length > 0) {
    signal.throwIfAborted();
    const stepIds = running.map(() => nextId++);
    const interactions = await interact(agent, running, {
      stepIds,
      seed: streams.stream("sampling").seed(),
      fallback: streams.stream("fallback"),
    });
    for (const [index, { observation, utterance, parse, result }] of interactions.entries()) {
      const seat = running[index];
      seat?.spoken.push({ id: stepIds[index] ?? 0, observation, utterance, parse });
      if (seat !== undefined) seat.observation = result.observation;
    }
    running = running.filter((_, index) => {
      const result = interactions[index]?.result;
      return result !== undefined && !isOver(result);
    });
  }
  return seats.map(({ spoken }) => spoken);
}

function firstUtterances(episodes: readonly Spoken[][], count: number): HeldOut {
  const utterances: Spoken[] = [];
  let touched = 0;
  for (const spoken of episodes) {
    if (utterances.length >= count) break;
    utterances.push(...spoken.slice(0, count - utterances.length));
    touched += 1;
  }
  return { utterances, episodes: touched };
}
