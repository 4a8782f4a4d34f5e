import { methodName } from "../config/method.ts";
import { fitSft } from "./demonstrations.ts";
import { pretrainScm } from "./scm-pretraining.ts";
import { evaluateStage, type Stage } from "./stages.ts";
import type { Training } from "./training.ts";

/**
 * The paper's first stage (section 4.4): supervised fine-tuning of θ on demonstrations, then φ on texts of the same
 * kind. Returns how the policy did before and after.
 */
export async function offlineStage(training: Training): Promise<Stage[]> {
  const { experiment } = training;
  if (experiment.sft === null) {
    const method = methodName(experiment);
    const stage = await evaluateStage(training, experiment.iterations === 0 ? method : `before ${method}`);
    await pretrainScm(training);
    return [stage];
  }
  const before = await evaluateStage(training, "before SFT");
  await fitSft(training);
  await pretrainScm(training);
  return [before, await evaluateStage(training, "after SFT")];
}
