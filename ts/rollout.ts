import type { Environment, JsonValue, RgbImage } from "./environments/environment.ts";
import { type EpisodeTally, emptyTally } from "./episode.ts";
import type { Experience } from "./experience.ts";
import { type Decision, decide } from "./interaction.ts";
import { OwnPace } from "./own-pace.ts";
import { policyAgent, type Sampling, type Speaker } from "./policy-agent.ts";
import type { RandomStream, RandomStreams } from "./random.ts";
import type { RecordedStep } from "./recorded-step.ts";
import { playTurn, type RolloutSeat, type Turn } from "./rollout-group.ts";
import type { Spoken } from "./trajectory.ts";
import { TrajectoryCutter } from "./trajectory-cutter.ts";
import type { Worker } from "./worker/worker.ts";

/** What a rollout stands on. */
export interface RolloutParts {
  worker: Worker;
  environments: readonly Environment[];
  /** Into how many the environments are split, as evenly as can be; at most one for each. */
  numGroups: number;
  /** Whether each environment plays on as soon as it rests (`OwnPace`); then there is one group, and only episodes are collected. */
  asynchronous: boolean;
  sampling: Sampling;
  /** `sampling` and `fallback` are drawn from, and of each group `environments`, `environments/1`, … */
  streams: RandomStreams;
  /** Stores an image and names it; the name goes into the episode's record. */
  keepImage: (image: RgbImage) => Promise<string>;
  /** Whether an engine in a process of its own speaks, which goes on with the policy that began a collection. */
  isEngineApart?: boolean;
  /** Hears of steps as soon as their actions are known, which is before the environments answer. Not at their own pace. */
  onSpoken?: (steps: readonly Spoken[]) => void;
}

/** Everything that `Rollout.restore` needs, as JSON. */
export interface RolloutState {
  nextStepId: number;
  seats: { environment: JsonValue; tally: EpisodeTally; steps: RecordedStep[] }[];
  /** Steps that the worker keeps of episodes that `restore` begins anew; absent where it begins none anew. */
  abandonedStepIds?: number[];
}

/** Environments that step together while the policy speaks for another group. */
interface Group {
  readonly seats: readonly RolloutSeat[];
  /** Decides the starts of episodes. Each group has its own: which group's episode ends first hangs on timing. */
  readonly starts: RandomStream;
}

/** Step 0 is left to guards and explanations. */
const firstStepId = 1;

/**
 * N environments played in parallel; episodes go on from one iteration to the next.
 *
 * Groups take turns at the worker in a fixed order. While it generates for one, the environments of the others step.
 * Nothing that is drawn depends on how long either takes.
 *
 * The policy that a collection's first utterances come from says all of them, also where another one learns meanwhile.
 */
export class Rollout {
  readonly #parts: RolloutParts;
  readonly #seats: readonly RolloutSeat[];
  readonly #groups: readonly Group[];
  readonly #ownPace: OwnPace | null;
  #nextStepId: number;
  #speaker: Speaker = "present";

  private constructor(parts: RolloutParts, seats: readonly RolloutSeat[], nextStepId: number) {
    this.#parts = parts;
    this.#seats = seats;
    this.#groups = Array.from({ length: parts.numGroups }, (_, group) => ({
      seats: seats.filter(({ index }) => groupOf(index, parts) === group),
      starts: startsOf(group, parts),
    }));
    this.#nextStepId = nextStepId;
    this.#ownPace = parts.asynchronous ? this.#atOwnPace() : null;
  }

  /** Resets every environment. */
  static async start(parts: RolloutParts): Promise<Rollout> {
    const seeds = parts.environments.map((_, index) => startsOf(groupOf(index, parts), parts).seed());
    const seats = parts.environments.map(async (environment, index) => {
      const observation = await environment.reset({ seed: seeds[index] ?? 0 });
      return { environment, index, observation, tally: emptyTally, steps: [] };
    });
    return new Rollout(parts, await Promise.all(seats), firstStepId);
  }

  /**
   * Continues in the middle of the episodes that `state` was taken in, or, where each environment plays at its own pace,
   * begins those anew; the streams are the caller's to restore.
   */
  static async restore(parts: RolloutParts, state: RolloutState): Promise<Rollout> {
    const seats = state.seats.map(async ({ environment: saved, tally, steps }, index) => {
      const environment = parts.environments[index];
      if (environment === undefined) throw new RangeError(`no environment for saved state ${index}`);
      return { environment, index, observation: await environment.restore(saved), tally, steps: [...steps] };
    });
    const { abandonedStepIds: stepIds } = state;
    if (stepIds !== undefined) await parts.worker.call("forgetSteps", { stepIds });
    return new Rollout(parts, await Promise.all(seats), state.nextStepId);
  }

  state(): RolloutState {
    const nextStepId = this.#nextStepId;
    if (this.#ownPace !== null) {
      const seats = this.#ownPace.starts().map((environment) => ({ environment, tally: emptyTally, steps: [] }));
      return { nextStepId, seats, abandonedStepIds: this.#ownPace.openStepIds() };
    }
    return {
      nextStepId,
      seats: this.#seats.map(({ environment, tally, steps }) => ({ environment: environment.state(), tally, steps })),
    };
  }

  /** Plays `timeSteps` steps of every environment (Algorithm 1, lines 3–11). The worker keeps each step by its id. */
  collect(timeSteps: number): Promise<Experience> {
    return this.#collect((_, time) => time < timeSteps);
  }

  /**
   * Plays `episodes` whole episodes, as many of each environment as of the others where that can be: a number that is
   * fixed before, so that short episodes are no more frequent than they are. To be called between episodes. At their own
   * pace, the environments play at least as many, see `OwnPace`.
   */
  collectEpisodes(episodes: number): Promise<Experience> {
    this.#speaker = "present";
    if (this.#ownPace !== null) return this.#ownPace.collect(episodes);
    const numSeats = this.#seats.length;
    const left = this.#seats.map(
      (_, seat) => Math.floor(((seat + 1) * episodes) / numSeats) - Math.floor((seat * episodes) / numSeats),
    );
    return this.#collect(
      ({ index }) => (left[index] ?? 0) > 0,
      (environment) => {
        left[environment] = (left[environment] ?? 0) - 1;
      },
    );
  }

  /** Names that no step has. */
  newStepIds(count: number): number[] {
    return Array.from({ length: count }, () => this.#nextStepId++);
  }

  /** Plays on while there are seats that play. `onEnd` hears of an episode's end before its seat is asked again. */
  async #collect(
    plays: (seat: RolloutSeat, time: number) => boolean,
    onEnd: (environment: number) => void = () => {},
  ): Promise<Experience> {
    this.#speaker = "present";
    const turns: Promise<Turn>[] = [];
    try {
      for (let time = 0, isPlaying = true; isPlaying; time++) {
        isPlaying = false;
        for (const { seats: all, starts } of this.#groups) {
          // This group's turn of the time step before: its environments are at rest again.
          const before = await turns.at(-this.#groups.length);
          for (const { environment } of before?.episodes ?? []) onEnd(environment);
          const seats = all.filter((seat) => plays(seat, time));
          if (seats.length === 0) {
            turns.push(Promise.resolve(noTurn));
            continue;
          }
          isPlaying = true;
          const turn = this.#playTurn(seats, starts);
          // Whatever went wrong is thrown where the turn is awaited; until then it is no unhandled rejection.
          turn.catch(() => undefined);
          turns.push(turn);
        }
      }
    } finally {
      // Also when one failed, nothing plays on behind the caller's back.
      await Promise.allSettled(turns);
    }
    const played = await Promise.all(turns);
    const cuts = this.#seats.map(({ index }) => new TrajectoryCutter(index));
    const steps = played.flatMap((turn) => turn.steps);
    for (const { environment, id, interaction } of steps) cuts[environment]?.add(id, interaction);
    return {
      trajectories: cuts.flatMap((cutter) => cutter.pieces()),
      episodes: played.flatMap(({ episodes }) => episodes),
      unfinishedUtterances: steps.filter(({ interaction }) => !interaction.isFinished).length,
    };
  }

  /** The worker is asked at once: where it does other things while an engine speaks, groups wait for the engine alone. */
  async #playTurn(seats: readonly RolloutSeat[], starts: RandomStream): Promise<Turn> {
    const stepIds = this.newStepIds(seats.length);
    const decisions = await this.#decide(seats, stepIds);
    this.#parts.onSpoken?.(decisions.map((decision, place) => ({ ...decision, id: stepIds[place] ?? Number.NaN })));
    return playTurn(seats, decisions, stepIds, { starts, keepImage: this.#parts.keepImage });
  }

  /** Frees the environments. */
  async close(): Promise<void> {
    await this.#ownPace?.settled();
    await Promise.all(this.#parts.environments.map((environment) => environment.close?.()));
  }

  #atOwnPace(): OwnPace {
    return new OwnPace({
      seats: this.#seats,
      starts: startsOf(0, this.#parts),
      keepImage: this.#parts.keepImage,
      decide: (seats, stepIds) => this.#decide(seats, stepIds),
      newStepIds: (count) => this.newStepIds(count),
    });
  }

  #decide(seats: readonly RolloutSeat[], stepIds: readonly number[]): Promise<Decision[]> {
    const { worker, sampling, streams, isEngineApart } = this.#parts;
    const speaker = this.#speaker;
    if (isEngineApart === true) this.#speaker = "held";
    return decide(policyAgent(worker, { sampling, greedy: false, speaker }), seats, {
      stepIds,
      seed: streams.stream("sampling").seed(),
      fallback: streams.stream("fallback"),
    });
  }
}

/** Of a group whose environments rest. */
const noTurn: Turn = { steps: [], episodes: [] };

function groupOf(index: number, { environments, numGroups }: RolloutParts): number {
  return Math.floor((index * numGroups) / environments.length);
}

function startsOf(group: number, { streams }: RolloutParts): RandomStream {
  return streams.stream(group === 0 ? "environments" : `environments/${group}`);
}
