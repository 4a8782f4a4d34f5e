import type { Agent, Answer } from "./agent.ts";
import type { Conditions, Environment, EnvironmentSpec } from "./environments/environment.ts";
import { addToTally, type EpisodeTally, emptyTally, outcomeOf, withoutFaults } from "./episode.ts";
import { EnvironmentError } from "./errors.ts";
import { type Interaction, interact, type Seat } from "./interaction.ts";
import type { RandomStreams } from "./random.ts";
import { wilsonInterval } from "./report/statistics.ts";
import type { EpisodeOutcome } from "./trajectory.ts";

/** How a policy does over a number of episodes. */
export interface Evaluation {
  successes: number;
  episodes: number;
  /** successes / episodes */
  rate: number;
  /** 95 % Wilson interval of the rate. */
  interval: readonly [low: number, high: number];
  /** Share of utterances that are one valid JSON object; null where the environment asks for none. */
  validJson: number | null;
  /** Share of utterances that parse to no action. */
  invalid: number;
  meanReturn: number;
  /** Episodes in which the environment broke down, which are counted nowhere else; absent where there was none. */
  faults?: number;
  /** What was played, where the environment's name does not say it all. */
  conditions?: Conditions;
  /** Each kind of episode by itself, in the order of their names; absent where the environment tells none apart. */
  byKind?: readonly KindOfEpisode[];
}

/** The same of the episodes of one kind, such as a type of task. */
export interface KindOfEpisode {
  kind: string;
  successes: number;
  episodes: number;
  rate: number;
  /** 95 % Wilson interval of the rate. */
  interval: readonly [low: number, high: number];
}

export interface EvaluationRequest<A extends Answer = Answer> {
  agent: Agent<A>;
  createEnvironment: () => Environment;
  episodes: number;
  /** Episodes played at once. */
  inFlight: number;
  /** Made for this evaluation alone: the same streams give the same episodes, and training's are never touched. */
  streams: RandomStreams;
  /** Stops between two time steps. */
  signal?: AbortSignal;
  /** Hears of every step, and of how the episode went where the step ended it; waited for. */
  onStep?: (episode: number, step: Interaction<A>, outcome: EpisodeOutcome | undefined) => Promise<void>;
}

interface EvaluationSeat extends Seat {
  /** Place among all episodes of the evaluation. */
  readonly episode: number;
  tally: EpisodeTally;
}

/**
 * Plays whole episodes, wave by wave. The agent keeps nothing of them.
 * @throws EnvironmentError when the environment broke down in every one of them.
 */
export async function evaluate<A extends Answer>(request: EvaluationRequest<A>): Promise<Evaluation> {
  const environments = Array.from({ length: Math.min(request.episodes, request.inFlight) }, request.createEnvironment);
  try {
    const outcomes: EpisodeOutcome[] = [];
    while (outcomes.length < request.episodes) {
      const wave = environments.slice(0, request.episodes - outcomes.length);
      outcomes.push(...(await playWave(request, wave, outcomes.length)));
    }
    const conditions = await environments[0]?.conditions?.();
    return { ...summarise(outcomes, environments[0]?.spec), ...(conditions !== undefined && { conditions }) };
  } finally {
    await Promise.all(environments.map((environment) => environment.close?.()));
  }
}

/** One episode of every environment; those that have ended sit out. */
async function playWave<A extends Answer>(
  request: EvaluationRequest<A>,
  environments: readonly Environment[],
  firstEpisode: number,
): Promise<EpisodeOutcome[]> {
  const resets = request.streams.stream("environments");
  const seeds = environments.map(() => resets.seed());
  let running = await Promise.all(
    environments.map(async (environment, index): Promise<EvaluationSeat> => {
      const observation = await environment.reset({ seed: seeds[index] ?? 0 });
      return { environment, observation, tally: emptyTally, episode: firstEpisode + index };
    }),
  );
  const outcomes: EpisodeOutcome[] = [];
  while (running.length > 0) {
    request.signal?.throwIfAborted();
    const interactions = await interact(request.agent, running, {
      stepIds: null,
      seed: request.streams.stream("sampling").seed(),
      fallback: request.streams.stream("fallback"),
    });
    const ongoing: EvaluationSeat[] = [];
    for (const [index, interaction] of interactions.entries()) {
      const seat = running[index];
      if (seat === undefined) throw new RangeError(`no episode for interaction ${index}`);
      seat.tally = addToTally(seat.tally, interaction);
      seat.observation = interaction.result.observation;
      const outcome = outcomeOf(seat.tally, interaction, environments.indexOf(seat.environment));
      await request.onStep?.(seat.episode, interaction, outcome);
      if (outcome === undefined) ongoing.push(seat);
      else outcomes.push(outcome);
    }
    running = ongoing;
  }
  return outcomes;
}

function summarise(played: readonly EpisodeOutcome[], spec: EnvironmentSpec | undefined): Evaluation {
  const outcomes = withoutFaults(played);
  const faults = played.length - outcomes.length;
  if (outcomes.length === 0) {
    const [first] = played;
    throw new EnvironmentError(
      `evaluation: the environment broke down in all ${faults} episodes; the first: ${first?.fault}`,
    );
  }
  const total = (of: (outcome: EpisodeOutcome) => number): number =>
    outcomes.reduce((sum, outcome) => sum + of(outcome), 0);
  const utterances = total(({ length }) => length);
  const byKind = kindsOf(outcomes);
  return {
    ...rateOf(outcomes),
    validJson: spec?.format === "text" ? null : total(({ validJson }) => validJson) / utterances,
    invalid: total(({ invalidUtterances }) => invalidUtterances) / utterances,
    meanReturn: total((outcome) => outcome.return) / outcomes.length,
    ...(faults > 0 && { faults }),
    ...(byKind.length > 0 && { byKind }),
  };
}

function kindsOf(outcomes: readonly EpisodeOutcome[]): KindOfEpisode[] {
  const kinds = new Set(outcomes.flatMap(({ kind }) => kind ?? []));
  return [...kinds].sort().map((kind) => ({ kind, ...rateOf(outcomes.filter((outcome) => outcome.kind === kind)) }));
}

function rateOf(outcomes: readonly EpisodeOutcome[]): Omit<KindOfEpisode, "kind"> {
  const episodes = outcomes.length;
  const successes = outcomes.filter(({ success }) => success).length;
  return { successes, episodes, rate: successes / episodes, interval: wilsonInterval(successes, episodes) };
}
