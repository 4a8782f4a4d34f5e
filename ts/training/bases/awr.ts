import { bestEpisodes, stepAdvantages } from "../../algorithms/awr.ts";
import type { AwrConfig } from "../../config/schema.ts";
import type { Experience } from "../../experience.ts";
import type { AwrSettings } from "../../protocol/messages/objective.ts";
import type { Metrics } from "../../protocol/messages/scalars.ts";
import type { Rollout } from "../../rollout.ts";
import type { Trajectory } from "../../trajectory.ts";
import { packObservations } from "../../worker/observations.ts";
import type { Training } from "../training.ts";
import { AwrCritics } from "./awr-critics.ts";
import { type AwrPlan, awrPlanAt } from "./awr-plan.ts";
import type { Batch, RlBase } from "./base.ts";
import {
  isWhole,
  numSteps,
  type ReplayEpisode,
  type ReplayState,
  replayEpisode,
  rewardsOf,
  stateIdsOf,
  withinCapacity,
} from "./replay.ts";

/**
 * Advantage-weighted regression, as DigiRL has it: learns from the best of the episodes that are remembered, and in them
 * from the steps that improved on what the critics expected. Without critics it is Filtered BC.
 */
export class AwrBase implements RlBase {
  readonly #training: Training;
  readonly #settings: AwrConfig;
  readonly #critics: AwrCritics | null;
  #replay: ReplayState;

  constructor(training: Training, settings: AwrConfig, replay: ReplayState) {
    this.#training = training;
    this.#settings = settings;
    this.#critics = settings.critics === null ? null : new AwrCritics(training, settings.critics, settings);
    this.#replay = replay;
  }

  rollOut(rollout: Rollout, iteration: number): Promise<Experience> {
    return rollout.collectEpisodes(awrPlanAt(this.#settings, iteration).episodes);
  }

  async gather({ trajectories, staleStepIds = [] }: Experience, rollout: Rollout, iteration: number): Promise<Batch> {
    const plan = awrPlanAt(this.#settings, iteration);
    const stale = new Set(staleStepIds);
    // Where an environment broke down nobody knows what the steps were worth.
    const played = trajectories.filter(isWhole);
    const broken = trajectories.filter((trajectory) => !isWhole(trajectory));
    const episodes = await this.#training.clock.measure("rollout", () => this.#observeEnds(played, rollout));
    const evicted = this.#remember(episodes);
    const { chosen, metrics } = await this.#filter(plan);
    return {
      steps: chosen.flatMap(({ steps }) => steps.flatMap(({ spoken }) => spoken ?? [])),
      credit: async () => {
        const criticMetrics = (await this.#critics?.fit(this.#replay, plan)) ?? {};
        const { advantages, ...credit } = await this.#credit(chosen);
        return {
          advantages,
          returns: null,
          objective: this.#objective(
            plan,
            idsOf(played).filter((id) => !stale.has(id)),
          ),
          metrics: { ...this.#replayMetrics(), ...metrics, ...criticMetrics, ...credit.metrics },
        };
      },
      release: async () => {
        const stepIds = [...idsOf(broken), ...evicted.flatMap(stateIdsOf)];
        await this.#training.worker.call("forgetSteps", { stepIds });
      },
    };
  }

  state(): ReplayState {
    return this.#replay;
  }

  /** Critics ask what each episode ended in, so the worker keeps that beside its steps. */
  async #observeEnds(played: readonly Trajectory[], rollout: Rollout): Promise<ReplayEpisode[]> {
    if (played.length === 0) return [];
    const stepIds = rollout.newStepIds(played.length);
    const { batch, frames, release } = packObservations(played.map(({ next }) => next));
    await this.#training.worker.call("observe", { observations: batch, stepIds }, { frames });
    release();
    return played.map((trajectory, place) => replayEpisode(trajectory, stepIds[place] ?? 0));
  }

  /** Adds new episodes, and returns those that had to make room. */
  #remember(episodes: readonly ReplayEpisode[]): readonly ReplayEpisode[] {
    const { training, heldOut } = this.#replay;
    const fresh = this.#split(episodes);
    const { capacity } = this.#settings;
    const forTraining = withinCapacity([...training, ...fresh.training], capacity);
    const forMeasuring = withinCapacity([...heldOut, ...fresh.heldOut], capacity);
    this.#replay = { training: forTraining.kept, heldOut: forMeasuring.kept };
    return [...forTraining.evicted, ...forMeasuring.evicted];
  }

  /** Holds out the experiment's share, drawn anew each iteration; one episode is left to learn from in any case. */
  #split(episodes: readonly ReplayEpisode[]): ReplayState {
    const share = this.#settings.critics?.heldOut ?? 0;
    const random = this.#training.streams.stream("held-out");
    const shuffled = episodes.map((episode) => ({ episode, key: random.float() })).sort((a, b) => a.key - b.key);
    // The reference rounds what it learns from down.
    const held = new Set(
      shuffled.slice(Math.max(1, Math.floor((1 - share) * episodes.length + rounding))).map(({ episode }) => episode),
    );
    return {
      training: episodes.filter((episode) => !held.has(episode)),
      heldOut: episodes.filter((episode) => held.has(episode)),
    };
  }

  /** Which episodes the policy learns from. */
  async #filter(plan: AwrPlan): Promise<{ chosen: readonly ReplayEpisode[]; metrics: Metrics }> {
    const { training } = this.#replay;
    if (plan.steps === 0 || training.length === 0) return { chosen: [], metrics: {} };
    const expected = plan.isFilteredByCritic ? await this.#critics?.valueInstructions(training) : undefined;
    const scores = training.map((episode, place) => sum(rewardsOf(episode)) - (expected?.[place] ?? 0));
    const { cutoff, places } = bestEpisodes(scores, this.#settings.filterQuantile);
    const chosen = places.flatMap((place) => training[place] ?? []);
    const all = numSteps(chosen);
    const spoken = chosen.flatMap(({ steps }) => steps).filter((step) => step.spoken !== null).length;
    return {
      chosen,
      metrics: {
        "filter/cutoff": cutoff,
        "filter/episodes": chosen.length,
        "filter/steps": all,
        "filter/unparseable": 1 - spoken / all,
      },
    };
  }

  /** Of the steps that parse; without critics each is worth as much as the others. */
  async #credit(episodes: readonly ReplayEpisode[]): Promise<{ advantages: Float32Array; metrics: Metrics }> {
    if (episodes.length === 0) return { advantages: new Float32Array(0), metrics: {} };
    const values = await this.#critics?.valueStates(episodes);
    const advantages = episodes.flatMap((episode, place) => {
      const ofSteps =
        values === undefined
          ? episode.steps.map(() => 1)
          : stepAdvantages(rewardsOf(episode), { ...this.#settings, values: values[place] ?? [] });
      return ofSteps.filter((_, step) => episode.steps[step]?.spoken !== null);
    });
    const improving = advantages.length === 0 ? 0 : sum(advantages) / advantages.length;
    return { advantages: Float32Array.from(advantages), metrics: { "advantage/positive": improving } };
  }

  /** @param fresh steps that the present policy spoke in, by which sampling is held against training. */
  #objective({ steps }: AwrPlan, fresh: readonly number[]): AwrSettings {
    const { kind, thoughtCoefficient, batchSize, microBatch, learningRate, maxGradNorm } = this.#settings;
    return {
      kind,
      thoughtCoefficient,
      steps,
      batchSize,
      microBatch,
      learningRate,
      maxGradNorm,
      freshStepIds: fresh.slice(0, batchSize),
    };
  }

  #replayMetrics(): Metrics {
    const { training, heldOut } = this.#replay;
    return {
      "replay/episodes": training.length,
      "replay/steps": numSteps(training),
      ...(this.#critics !== null && { "replay/held_out_episodes": heldOut.length }),
    };
  }
}

/** A share such as 1 − 0.2 times a whole number may end a little below the number that is meant. */
const rounding = 1e-9;

function idsOf(trajectories: readonly Trajectory[]): number[] {
  return trajectories.flatMap(({ steps }) => steps.map(({ id }) => id));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
