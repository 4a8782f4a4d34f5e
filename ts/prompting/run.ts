import { environmentDefinition } from "../environments/registry.ts";
import { evaluate } from "../evaluate.ts";
import { type Progress, silentProgress } from "../progress.ts";
import { deriveSeed, RandomStreams } from "../random.ts";
import { magnitude, money } from "../report/format.ts";
import { writeJson } from "../runs/atomic-write.ts";
import { JsonLines } from "../runs/json-lines.ts";
import { claim } from "../runs/lock.ts";
import { RunFolder, readJson } from "../runs/run-folder.ts";
import { evaluationPurpose } from "../training/stages.ts";
import { AnswerStore } from "./answer-store.ts";
import type { Prompting } from "./definition.ts";
import { EndpointAgent } from "./endpoint-agent.ts";
import { EndpointClient } from "./endpoint-client.ts";
import { EpisodeRecorder } from "./episode-recorder.ts";
import { openPromptingRun, promptingMethod } from "./run-config.ts";
import { Spending } from "./spending.ts";
import { AnswerTally, type PromptingSummary, promptingSummary } from "./summary.ts";

/** Where a prompting runs, and whether it may ask. */
export interface PromptOptions {
  /** The run folder; a run of the same settings that it holds is gone on with. */
  directory: string;
  /** Asks for nothing: every answer has to be kept already. */
  offline?: boolean;
  progress?: Progress;
  /** Asks to stop: requests under way are waited for, and their answers kept. `prompt` throws its reason. */
  signal?: AbortSignal;
}

/**
 * Plays episodes with a model behind an HTTP endpoint as the agent: the same starts as the evaluations of a trained run
 * with this seed. Writes a run folder that reports read beside others. It holds no training, so it has no metrics.jsonl
 * and no checkpoints, but `answers/` (unless they are kept elsewhere) and `requests.jsonl`.
 *
 * Every answer is kept on disk the moment it arrives. A run that was cut off plays its episodes again from the start,
 * out of what is kept, and asks for the rest; a finished one is not touched, and its summary is the result.
 * @throws EndpointError when the endpoint refuses or stays silent, an answer is missing offline, or the budget is spent;
 * RunFolderError when the folder holds another run.
 */
export async function prompt(prompting: Prompting, options: PromptOptions): Promise<PromptingSummary> {
  const run = new RunFolder(options.directory);
  run.prepare();
  const release = claim(run.path("run.lock"));
  const progress = options.progress ?? silentProgress;
  try {
    if ((await openPromptingRun(run, prompting)) === "finished") {
      return readJson(run.path("summary.json")) as PromptingSummary;
    }
    const summary = await play(prompting, run, { ...options, progress });
    writeJson(run.path("summary.json"), summary);
    return summary;
  } finally {
    progress.end();
    release();
  }
}

async function play(
  prompting: Prompting,
  run: RunFolder,
  { progress, offline = false, signal = new AbortController().signal }: PromptOptions & { progress: Progress },
): Promise<PromptingSummary> {
  const { environment, evaluation, cache, seed } = prompting;
  const definition = environmentDefinition(environment.id);
  const spending = new Spending(new JsonLines(run.path("requests.jsonl")), prompting);
  const client = new EndpointClient({ prompting, spending, onTrouble: (line) => progress.say(line) });
  const recorder = new EpisodeRecorder(run);
  const tally = new AnswerTally();
  let ended = 0;
  const show = (): void => progress.update(ended, progressDetail(prompting, tally, spending));
  const agent = new EndpointAgent({
    prompting,
    store: new AnswerStore(cache.folder ?? run.path("answers")),
    client,
    isOffline: offline,
    signal,
    onAnswer: (answer) => {
      tally.add(answer);
      show();
    },
  });
  const start = performance.now();
  progress.begin(promptingMethod(prompting), evaluation.episodes);
  try {
    const evaluated = await evaluate({
      agent,
      createEnvironment: () => definition.create(environment.settings),
      episodes: evaluation.episodes,
      inFlight: evaluation.environments,
      streams: new RandomStreams(deriveSeed(seed, evaluationPurpose)),
      signal,
      onStep: async (episode, step, outcome) => {
        await recorder.add(episode, step, outcome);
        if (outcome === undefined) return;
        ended += 1;
        show();
      },
    });
    const seconds = (performance.now() - start) / 1000;
    return promptingSummary(prompting, {
      evaluation: evaluated,
      tally,
      endings: recorder.endings,
      spending,
      seconds,
    });
  } finally {
    client.stop(new Error("the run has ended"));
  }
}

function progressDetail({ prices }: Prompting, tally: AnswerTally, spending: Spending): string {
  const { count } = tally.total(prices);
  const { inputTokens, outputTokens } = spending.tokens;
  const parts = [`${count} answers`, `${spending.requests} requests`];
  if (inputTokens !== null && outputTokens !== null) {
    parts.push(`${magnitude(inputTokens)} + ${magnitude(outputTokens)} tokens`);
  }
  if (prices !== null && spending.cost !== null) parts.push(money(spending.cost, prices.currency));
  return parts.join(" · ");
}
