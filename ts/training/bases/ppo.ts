import { ppoCredit } from "../../algorithms/ppo.ts";
import type { PpoConfig } from "../../config/schema.ts";
import type { Experience } from "../../experience.ts";
import type { Rollout } from "../../rollout.ts";
import { ppoSettingsAt } from "../../schedule.ts";
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

  async gather({ trajectories }: Experience, _rollout: Rollout, iteration: number): Promise<Batch> {
    const { worker, experiment, clock } = this.#training;
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
        await worker.call("forgetSteps", { stepIds: null });
      },
    };
  }

  state(): null {
    return null;
  }
}
