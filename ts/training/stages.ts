import { evaluationSettings } from "../config/evaluation-settings.ts";
import { type Evaluation, evaluate } from "../evaluate.ts";
import { policyAgent } from "../policy-agent.ts";
import { deriveSeed, RandomStreams } from "../random.ts";
import type { Training } from "./training.ts";

/** How the policy does at one point of the training, reported in `summary.json`. */
export interface Stage {
  stage: string;
  sampled: Evaluation;
  greedy: Evaluation;
}

/** Names the streams of every reported evaluation. */
export const evaluationPurpose = "evaluation";

/**
 * Evaluates the present policy, sampled and greedy. Every stage plays the same starts, drawn from streams that nothing
 * else uses, so stages compare in pairs and selection never sees an episode that is reported.
 */
export async function evaluateStage(training: Training, stage: string): Promise<Stage> {
  const { experiment, progress, signal } = training;
  const settings = evaluationSettings(experiment);
  const request = {
    purpose: evaluationPurpose,
    settings,
    episodes: experiment.evaluation.episodes,
    greedy: false,
    signal,
  };
  progress.begin(`evaluate ${stage}`, 2);
  const sampled = await evaluateAs(training, request);
  progress.update(1);
  const greedy = await evaluateAs(training, { ...request, greedy: true });
  progress.end();
  return { stage, sampled, greedy };
}

export interface PurposefulEvaluation {
  /** Names the streams: another purpose, other episodes. */
  purpose: string;
  episodes: number;
  greedy: boolean;
  /** Of the environment; those of training where they are not given. */
  settings?: unknown;
  /** Given where stopping at once loses nothing. */
  signal?: AbortSignal;
}

export function evaluateAs(
  training: Training,
  { purpose, greedy, settings, ...request }: PurposefulEvaluation,
): Promise<Evaluation> {
  const { experiment, definition, worker, clock } = training;
  return clock.measure("evaluate", () =>
    evaluate({
      ...request,
      agent: policyAgent(worker, { sampling: experiment.sampling, greedy }),
      createEnvironment: () => definition.create(settings ?? experiment.environment.settings),
      inFlight: experiment.evaluation.environments,
      streams: new RandomStreams(deriveSeed(experiment.seed, purpose)),
    }),
  );
}
