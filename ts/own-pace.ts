import { setImmediate } from "node:timers/promises";
import type { JsonValue } from "./environments/environment.ts";
import type { Experience } from "./experience.ts";
import { type Decision, execute, type Interaction } from "./interaction.ts";
import { type GroupParts, type RecordedEpisode, type RolloutSeat, record, restart } from "./rollout-group.ts";
import type { Trajectory } from "./trajectory.ts";
import { TrajectoryCutter } from "./trajectory-cutter.ts";

/** What seats need to play at their own pace. */
export interface OwnPaceParts extends GroupParts {
  readonly seats: readonly RolloutSeat[];
  decide(seats: readonly RolloutSeat[], stepIds: readonly number[]): Promise<Decision[]>;
  newStepIds(count: number): number[];
}

/** An episode from its start. */
interface Episode {
  /** Where it began. */
  readonly start: JsonValue;
  /** The worker's names of its steps, the one included that its environment is at. */
  readonly stepIds: number[];
  /** Which collection each of them was spoken in, for every collection meets another policy. */
  readonly spokenIn: number[];
  /** Of the steps that are over. */
  readonly interactions: Interaction[];
}

interface Player {
  readonly seat: RolloutSeat;
  episode: Episode;
  /** What its environment is at; null while it rests. Never rejects. */
  turn: Promise<void> | null;
}

/** An episode that nobody has learned from yet. */
interface Ended extends Episode {
  readonly seat: RolloutSeat;
  readonly record: RecordedEpisode;
}

/**
 * Environments that wait for nobody: whichever rest are spoken for together, however few they are. Collecting ends with the
 * episodes that it was asked for, while slow environments go on with theirs: those belong to a later collection, so that
 * no episode is lost for being long, and an environment gives as many as it is fast. Such an episode began under an older
 * policy than it ended under, which off-policy learning allows (DigiRL's asynchronous collection).
 *
 * What is drawn for whom hangs on timing: a run cannot be repeated bit for bit.
 */
export class OwnPace {
  readonly #parts: OwnPaceParts;
  readonly #players: readonly Player[];
  #ended: Ended[] = [];
  #collection = 0;
  #failures: unknown[] = [];

  /** Every seat at the start of an episode. */
  constructor(parts: OwnPaceParts) {
    this.#parts = parts;
    this.#players = parts.seats.map((seat) => ({ seat, turn: null, episode: beginning(seat) }));
  }

  /** Plays on until at least `episodes` have ended since those of the last collection. */
  async collect(episodes: number): Promise<Experience> {
    this.#collection += 1;
    try {
      await this.#playUntil(episodes);
    } catch (error) {
      // Nothing plays on behind the caller's back.
      await this.settled();
      throw error;
    }
    const ended = this.#ended;
    this.#ended = [];
    const interactions = ended.flatMap((episode) => episode.interactions);
    return {
      trajectories: ended.flatMap(trajectoriesOf),
      episodes: ended.map(({ record }) => record),
      unfinishedUtterances: interactions.filter(({ isFinished }) => !isFinished).length,
      staleStepIds: ended.flatMap(({ stepIds, spokenIn }) =>
        stepIds.filter((_, step) => (spokenIn[step] ?? 0) < this.#collection),
      ),
    };
  }

  /** Where each seat began what nobody has learned from yet: a resumed run plays it anew. */
  starts(): readonly JsonValue[] {
    return this.#players.map(
      ({ seat, episode }) => (this.#ended.find((ended) => ended.seat === seat) ?? episode).start,
    );
  }

  /** The worker's names of all steps that nobody has learned from yet. */
  openStepIds(): number[] {
    const open = [...this.#ended, ...this.#players.map(({ episode }) => episode)];
    return open.flatMap(({ stepIds }) => stepIds);
  }

  /** When no environment is in the middle of a step. */
  async settled(): Promise<void> {
    await Promise.all(this.#players.map(({ turn }) => turn));
  }

  async #playUntil(episodes: number): Promise<void> {
    while (this.#ended.length < episodes) {
      const resting = this.#players.filter(({ turn }) => turn === null);
      if (resting.length === 0) await Promise.race(this.#players.map(({ turn }) => turn));
      else await this.#speakFor(resting);
      // Others may have come to rest at the same moment: one batch for them together.
      await setImmediate();
      if (this.#failures.length > 0) throw this.#failures[0];
    }
  }

  async #speakFor(resting: readonly Player[]): Promise<void> {
    const stepIds = this.#parts.newStepIds(resting.length);
    const decisions = await this.#parts.decide(
      resting.map(({ seat }) => seat),
      stepIds,
    );
    for (const [place, player] of resting.entries()) {
      const [decision, id] = [decisions[place], stepIds[place]];
      if (decision === undefined || id === undefined) throw new RangeError(`no decision for seat ${player.seat.index}`);
      player.turn = this.#step(player, decision, id)
        .catch((error: unknown) => {
          this.#failures.push(error);
        })
        .finally(() => {
          player.turn = null;
        });
    }
  }

  async #step(player: Player, decision: Decision, id: number): Promise<void> {
    const { seat, episode } = player;
    episode.stepIds.push(id);
    episode.spokenIn.push(this.#collection);
    const [interaction] = await execute([seat], [decision]);
    if (interaction === undefined) throw new RangeError(`no interaction for seat ${seat.index}`);
    episode.interactions.push(interaction);
    const recorded = await record(seat, id, interaction, this.#parts.keepImage);
    if (recorded === undefined) return;
    // It counts from here on: to start another may take a device a minute.
    this.#ended.push({ ...episode, seat, record: recorded });
    await restart(seat, this.#parts.starts.seed());
    player.episode = beginning(seat);
  }
}

function beginning({ environment }: RolloutSeat): Episode {
  return { start: environment.state(), stepIds: [], spokenIn: [], interactions: [] };
}

function trajectoriesOf({ seat, stepIds, interactions }: Ended): readonly Trajectory[] {
  const cutter = new TrajectoryCutter(seat.index);
  for (const [step, interaction] of interactions.entries()) cutter.add(stepIds[step] ?? 0, interaction);
  return cutter.pieces();
}
