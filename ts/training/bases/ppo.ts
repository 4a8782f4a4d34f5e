import { ppoCredit } from "../../algorithms/ppo.ts";
import type { PpoConfig } from "../../config/schema.ts";
import type { Experience } from "../../experience.ts";
import { readFloat32 } from "../../protocol/tensor.ts";
import type { Rollout } from "../../rollout.ts";
import { ppoSettingsAt } from "../../schedule.ts";
import type { Trajectory } from "../../trajectory.ts";
import { valueMetrics } from "../iteration-metrics.ts";
import type { Training } from "../training.ts";
import type { Batch, RlBase } from "./base.ts";
import { bootstrap } from "./bootstrap.ts";

/** PPO, as RL4VLM has it: learns from what was just played, once, by GAE of a value head. */
export class PpoBase implements RlBase {
  readonly #training: Training;
  readonly #settings: PpoConfig;

  constructor(training: Training, settings: PpoConfig) {
    this.#training = training;
    this.#settings = settings;
  }

  rollOut(rollout: Rollout): Promise<Experience> {
    return rollout.collect(this.#training.experiment.rollout.stepsPerEnvironment);
  }

  async gather({ trajectories: played }: Experience, _rollout: Rollout, iteration: number): Promise<Batch> {
    const { worker, experiment, clock } = this.#training;
    const trajectories =
      experiment.rollout.staleness === 0 ? played : await clock.measure("readAgain", () => this.#readAgain(played));
    const bootstrapped = await clock.measure("rollout", () => bootstrap(worker, trajectories));
    const steps = trajectories.flatMap((trajectory) => trajectory.steps);
    return {
      steps,
      credit: async () => {
        const { advantages, returns } = ppoCredit(this.#settings)(bootstrapped);
        return {
          advantages,
          returns,
          objective: ppoSettingsAt(this.#settings, iteration, experiment.iterations),
          metrics: valueMetrics(
            steps.map(({ value }) => value),
            returns,
          ),
        };
      },
      release: async () => {
        // Not all that the worker keeps: the next rollout may have begun.
        await worker.call("forgetSteps", { stepIds: steps.map(({ id }) => id) });
      },
    };
  }

  /**
   * Log-probs that PPO's ratio starts from, and values, of the policy that is about to learn, of which another one may have
   * been playing (decoupled PPO: Hilton et al., 2022, "Batch size-invariance for policy optimization").
   */
  async #readAgain(trajectories: readonly Trajectory[]): Promise<Trajectory[]> {
    const { worker, experiment } = this.#training;
    const stepIds = trajectories.flatMap(({ steps }) => steps.map(({ id }) => id));
    const read = await worker.call("readAgain", { stepIds, temperature: experiment.sampling.temperature });
    const values = readFloat32(read.values).values();
    return trajectories.map((trajectory) => ({
      ...trajectory,
      steps: trajectory.steps.map((step) => ({ ...step, value: values.next().value ?? Number.NaN })),
    }));
  }

  state(): null {
    return null;
  }
}
