import type { Experiment } from "./schema.ts";

/** Of the environment that reported evaluations play: training's, but for what the experiment says differs. */
export function evaluationSettings({ environment, evaluation }: Experiment): Experiment["environment"]["settings"] {
  return { ...environment.settings, ...evaluation.settings };
}
