import { methodName } from "../config/method.ts";
import { writeJson } from "../runs/atomic-write.ts";
import { finalCheckpoint } from "../runs/checkpoints.ts";
import { explain } from "./explain.ts";
import type { Loop } from "./loop.ts";
import { evaluateStage } from "./stages.ts";
import { type Summary, summarise } from "./summary.ts";
import type { Training } from "./training.ts";

/**
 * Takes the policy that selection preferred, or the last one, evaluates and explains it, and writes what the run
 * leaves behind; `summary.json`, written last, says that the run has finished.
 */
export async function conclude(training: Training, loop: Loop): Promise<Summary> {
  const { run, checkpoints, experiment, progress, signal } = training;
  const { best } = loop.selection;
  const chosenIteration = best?.iteration ?? loop.iteration;
  if (best !== null && best.iteration !== loop.iteration) await checkpoints.load(best.checkpoint);
  const stages = [...loop.stages];
  // Without RL the policy is the one that the offline stage evaluated last.
  if (experiment.iterations > 0) stages.push(await evaluateStage(training, `after ${methodName(experiment)}`));
  await checkpoints.write(finalCheckpoint, "agent");
  progress.begin("explain utterances", 1);
  writeJson(run.path("explanations.json"), await explain(training));
  progress.end();
  signal.throwIfAborted();
  const summary = await summarise(training, loop, stages, chosenIteration);
  writeJson(run.path("summary.json"), summary);
  return summary;
}
