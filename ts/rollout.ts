import type { Environment, JsonValue, RgbImage } from "./environments/environment.ts";
import { addToTally, type EpisodeTally, emptyTally, outcomeOf } from "./episode.ts";
import { type Interaction, interact, type Sampling, type Seat, valuesOf } from "./interaction.ts";
import type { ParseResult } from "./parsing/parse.ts";
import type { RandomStream } from "./random.ts";
import type { EpisodeOutcome, Trajectory } from "./trajectory.ts";
import { TrajectoryCutter } from "./trajectory-cutter.ts";
import type { Worker } from "./worker/worker.ts";

/** What a rollout stands on; its draws come from three streams of its own. */
export interface RolloutParts {
  worker: Worker;
  environments: readonly Environment[];
  sampling: Sampling;
  streams: { environments: RandomStream; fallback: RandomStream; sampling: RandomStream };
  /** Stores an image and names it; the name goes into the episode's record. */
  keepImage: (image: RgbImage) => Promise<string>;
}

/** What collecting yields: the batch U of Algorithm 1, and the episodes that ended meanwhile. */
export interface Experience {
  /** Environment by environment, in time's order; each cut at the end of an episode and of the rollout. */
  trajectories: Trajectory[];
  episodes: RecordedEpisode[];
  /** Utterances that hit the token limit. */
  unfinishedUtterances: number;
}

export interface RecordedEpisode extends EpisodeOutcome {
  steps: RecordedStep[];
}

export interface RecordedStep {
  utterance: string;
  parse: ParseResult;
  action: unknown;
  reward: number;
  /** Name that `keepImage` gave; null without an image. */
  image: string | null;
}

/** Everything that `Rollout.restore` needs, as JSON. */
export interface RolloutState {
  nextStepId: number;
  seats: { environment: JsonValue; tally: EpisodeTally; steps: RecordedStep[] }[];
}

interface RolloutSeat extends Seat {
  tally: EpisodeTally;
  /** Of the present episode, from its start, earlier rollouts included. */
  steps: RecordedStep[];
}

/** Step 0 is left to guards and explanations. */
const firstStepId = 1;

/** N environments played in parallel; episodes go on from one iteration to the next. */
export class Rollout {
  readonly #parts: RolloutParts;
  readonly #seats: RolloutSeat[];
  #nextStepId: number;

  private constructor(parts: RolloutParts, seats: RolloutSeat[], nextStepId: number) {
    this.#parts = parts;
    this.#seats = seats;
    this.#nextStepId = nextStepId;
  }

  /** Resets every environment. */
  static async start(parts: RolloutParts): Promise<Rollout> {
    const seeds = parts.environments.map(() => parts.streams.environments.seed());
    const seats = parts.environments.map(async (environment, index) => {
      const observation = await environment.reset({ seed: seeds[index] ?? 0 });
      return { environment, observation, tally: emptyTally, steps: [] };
    });
    return new Rollout(parts, await Promise.all(seats), firstStepId);
  }

  /** Continues in the middle of the episodes that `state` was taken in; the streams are the caller's to restore. */
  static async restore(parts: RolloutParts, state: RolloutState): Promise<Rollout> {
    const seats = state.seats.map(async ({ environment: saved, tally, steps }, index) => {
      const environment = parts.environments[index];
      if (environment === undefined) throw new RangeError(`no environment for saved state ${index}`);
      return { environment, observation: await environment.restore(saved), tally, steps: [...steps] };
    });
    return new Rollout(parts, await Promise.all(seats), state.nextStepId);
  }

  state(): RolloutState {
    return {
      nextStepId: this.#nextStepId,
      seats: this.#seats.map(({ environment, tally, steps }) => ({ environment: environment.state(), tally, steps })),
    };
  }

  /** Plays `timeSteps` steps of every environment (Algorithm 1, lines 3–11). The worker keeps each step by its id. */
  async collect(timeSteps: number): Promise<Experience> {
    const cuts = this.#seats.map(() => new TrajectoryCutter());
    const episodes: RecordedEpisode[] = [];
    let unfinishedUtterances = 0;
    for (let time = 0; time < timeSteps; time++) {
      const stepIds = this.#seats.map(() => this.#nextStepId++);
      const { worker, sampling, streams } = this.#parts;
      const interactions = await interact(worker, this.#seats, {
        sampling,
        greedy: false,
        stepIds,
        seed: streams.sampling.seed(),
        fallback: streams.fallback,
      });
      const resets: Promise<void>[] = [];
      for (const [index, seat] of this.#seats.entries()) {
        const interaction = interactions[index];
        const id = stepIds[index];
        if (interaction === undefined || id === undefined) throw new RangeError(`no interaction for seat ${index}`);
        cuts[index]?.add(id, interaction);
        if (!interaction.isFinished) unfinishedUtterances += 1;
        const episode = await this.#record(seat, index, interaction);
        if (episode === undefined) continue;
        episodes.push(episode);
        resets.push(restart(seat, this.#parts.streams.environments.seed()));
      }
      await Promise.all(resets);
    }
    return { trajectories: await this.#bootstrap(cuts), episodes, unfinishedUtterances };
  }

  /** Frees the environments. */
  async close(): Promise<void> {
    await Promise.all(this.#parts.environments.map((environment) => environment.close?.()));
  }

  async #record(seat: RolloutSeat, index: number, interaction: Interaction): Promise<RecordedEpisode | undefined> {
    const { observation, utterance, parse, action, result } = interaction;
    const image = observation.image === undefined ? null : await this.#parts.keepImage(observation.image);
    seat.steps.push({ utterance, parse, action, reward: result.reward, image });
    seat.tally = addToTally(seat.tally, interaction);
    seat.observation = result.observation;
    const outcome = outcomeOf(seat.tally, interaction, index);
    return outcome && { ...outcome, steps: seat.steps };
  }

  /** Values what lies behind every trajectory that did not terminate, in one call. */
  async #bootstrap(cuts: readonly TrajectoryCutter[]): Promise<Trajectory[]> {
    const pieces = cuts.flatMap((cutter, environment) => cutter.pieces().map((piece) => ({ environment, ...piece })));
    const open = pieces.filter(({ next }) => next !== null);
    const values = await valuesOf(
      this.#parts.worker,
      open.flatMap(({ next }) => next ?? []),
    );
    const valuesByPiece = new Map(open.map((piece, index) => [piece, values[index] ?? 0]));
    return pieces.map((piece) => ({
      environment: piece.environment,
      steps: piece.steps,
      bootstrapValue: valuesByPiece.get(piece) ?? 0,
    }));
  }
}

async function restart(seat: RolloutSeat, seed: number): Promise<void> {
  seat.tally = emptyTally;
  seat.steps = [];
  seat.observation = await seat.environment.reset({ seed });
}
