import type { Observation, RgbImage } from "./environments/environment.ts";
import { addToTally, type EpisodeTally, emptyTally, outcomeOf } from "./episode.ts";
import { type Decision, execute, type Interaction, type Seat } from "./interaction.ts";
import type { RandomStream } from "./random.ts";
import { type RecordedStep, recordedStep } from "./recorded-step.ts";
import type { EpisodeOutcome } from "./trajectory.ts";

export interface RecordedEpisode extends EpisodeOutcome {
  steps: RecordedStep[];
  /** What the last step led to, by the name of the stored image; null without one. */
  lastImage: string | null;
}

export interface RolloutSeat extends Seat {
  /** Place among all environments of the rollout. */
  readonly index: number;
  tally: EpisodeTally;
  /** Of the present episode, from its start, earlier rollouts included. */
  steps: RecordedStep[];
}

/** What a group plays with. */
export interface GroupParts {
  /** Stores an image and names it. */
  keepImage: (image: RgbImage) => Promise<string>;
  /** Decides the starts of this group's episodes: its own, for groups end episodes in an order that hangs on timing. */
  starts: RandomStream;
}

/** One time step of a group, after which every seat has its next observation. */
export interface Turn {
  steps: readonly { environment: number; id: number; interaction: Interaction }[];
  /** Those that ended with this step. */
  episodes: readonly RecordedEpisode[];
}

/** Executes what was decided for `seats`, records it, and resets the environments whose episode ended. */
export async function playTurn(
  seats: readonly RolloutSeat[],
  decisions: readonly Decision[],
  stepIds: readonly number[],
  { keepImage, starts }: GroupParts,
): Promise<Turn> {
  const interactions = await execute(seats, decisions);
  const recorded = await Promise.all(
    seats.map(async (seat, place) => {
      const [id, interaction] = [stepIds[place], interactions[place]];
      if (id === undefined || interaction === undefined) throw new RangeError(`no interaction for seat ${seat.index}`);
      return { seat, id, interaction, episode: await record(seat, id, interaction, keepImage) };
    }),
  );
  const ended = recorded.flatMap(({ seat, episode }) => (episode === undefined ? [] : [{ seat, episode }]));
  await Promise.all(ended.map(({ seat }) => restart(seat, starts.seed())));
  return {
    steps: recorded.map(({ seat, id, interaction }) => ({ environment: seat.index, id, interaction })),
    episodes: ended.map(({ episode }) => episode),
  };
}

/** Adds the interaction to its seat, which then looks at what came of it. Returns the episode, if this ended it. */
export async function record(
  seat: RolloutSeat,
  id: number,
  interaction: Interaction,
  keepImage: GroupParts["keepImage"],
): Promise<RecordedEpisode | undefined> {
  const named = async ({ image }: Observation) => (image === undefined ? null : await keepImage(image));
  const kept = await named(interaction.observation);
  seat.steps.push(recordedStep(interaction, kept, seat.steps, { id, value: interaction.value }));
  seat.tally = addToTally(seat.tally, interaction);
  seat.observation = interaction.result.observation;
  const outcome = outcomeOf(seat.tally, interaction, seat.index);
  if (outcome === undefined) return undefined;
  return { ...outcome, steps: seat.steps, lastImage: await named(interaction.result.observation) };
}

/** Begins the seat's next episode. */
export async function restart(seat: RolloutSeat, seed: number): Promise<void> {
  seat.tally = emptyTally;
  seat.steps = [];
  seat.observation = await seat.environment.reset({ seed });
}
