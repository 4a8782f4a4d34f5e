import { methodName } from "../config/method.ts";
import { isEmbedded } from "../config/policy.ts";
import type { Experiment } from "../config/schema.ts";
import { environmentDefinition } from "../environments/registry.ts";
import { RunFolderError } from "../errors.ts";
import { type Progress, silentProgress } from "../progress.ts";
import { RandomStreams } from "../random.ts";
import { Checkpoints } from "../runs/checkpoints.ts";
import { codeRevision, ownVersions } from "../runs/code-revision.ts";
import { differences } from "../runs/differences.ts";
import { recordedModule } from "../runs/environment-module.ts";
import { claim } from "../runs/lock.ts";
import { RunFolder } from "../runs/run-folder.ts";
import { tellingOf } from "../sinks/messages.ts";
import { openSinks, type SinkOptions } from "../sinks/open.ts";
import { startOrConnect } from "../worker/start.ts";
import type { Worker } from "../worker/worker.ts";
import { build } from "./build.ts";
import { guardPolicy } from "./guards.ts";
import { PhaseClock } from "./phase-clock.ts";
import { openSftFile } from "./sft-file.ts";
import { readSummary, type Summary } from "./summary.ts";
import type { Training } from "./training.ts";

/** A worker that runs, and how to end it. */
export interface RunningWorker {
  readonly client: Worker;
  /** Versions of Python and its packages. */
  readonly hello: { readonly versions: Readonly<Record<string, string>> };
  /** Ends it; may be called again. */
  stop(): Promise<void>;
}

/** Starts the worker; tests of what trains hand in another. */
export type StartWorker = (settings: {
  threads: number;
  /** Key file of a worker that runs already, on another host perhaps; null: a new one. */
  connect: string | null;
  /** Which the worker has to see. */
  runFolder: string;
  processes: number | null;
  logFile: string;
}) => Promise<RunningWorker>;

/** Where a training runs, and what it goes on from. */
export interface TrainOptions {
  /** The run folder. */
  directory: string;
  /** Go on with the run that the folder holds; without this such a folder is refused. */
  resume?: boolean;
  /** Run folder whose offline stage is taken over. */
  offlineFrom?: string;
  /** The default starts the Python worker, or connects to the one that the experiment names. */
  startWorker?: StartWorker;
  /** The default starts Python processes. */
  sinks?: SinkOptions;
  progress?: Progress;
  /** Asks to stop: at once in the offline stage, at the end of the iteration online. `train` throws its reason. */
  signal?: AbortSignal;
}

/**
 * Does `work` in a run folder that is claimed, with a worker that is built and sees; both are given back afterwards.
 * A run that has already finished is not touched: its summary is the result.
 */
export async function withTraining(
  experiment: Experiment,
  options: TrainOptions,
  work: (training: Training) => Promise<Summary>,
): Promise<Summary> {
  const progress = options.progress ?? silentProgress;
  const run = new RunFolder(options.directory);
  run.prepare();
  const release = claim(run.path("run.lock"));
  try {
    const isContinued = await openFolder(run, experiment, options.resume === true, progress);
    if (isContinued && run.isFinished()) return readSummary(run);
    return await withAgent(run, experiment, { ...options, isContinued, progress }, work);
  } finally {
    progress.end();
    release();
  }
}

/** Returns whether the folder holds a run to go on with. */
async function openFolder(
  run: RunFolder,
  experiment: Experiment,
  resume: boolean,
  progress: Progress,
): Promise<boolean> {
  if (!run.holdsWork()) {
    if (resume && run.wasBegun()) progress.say(`${run.directory}: no checkpoint yet, starting from the beginning`);
    run.writeConfig({
      method: methodName(experiment),
      experiment,
      revision: await codeRevision(),
      versions: ownVersions(),
      ...recordedModule(run, experiment.environment.id),
    });
    return false;
  }
  if (!resume) {
    throw new RunFolderError(
      `${run.directory}: holds a run already; go on with it by --resume, or choose another folder with --out`,
    );
  }
  run.requireSame(experiment);
  const config = run.readConfig();
  // What decides nothing may change on the way. Of a run that is over, figures alone can still go elsewhere.
  const present = run.isFinished() ? { ...config.experiment, sinks: experiment.sinks } : experiment;
  if (differences(config.experiment, JSON.parse(JSON.stringify(present))).length > 0) {
    run.writeConfig({ ...config, experiment: present });
  }
  const { revision } = config;
  const ours = await codeRevision();
  if (revision !== ours && !run.isFinished()) {
    progress.say(`note: the run was begun with code ${revision}, and goes on with ${ours}; results may differ`);
  }
  return true;
}

/** How many processes torchrun starts; null where none is to launch the worker. */
function launchedProcesses({ launcher, processes }: Experiment["worker"]): number | null {
  return launcher === "torchrun" ? processes : null;
}

/** Does `work` with everything that a training needs, the agent built and seeing, in a folder that has its configuration. */
export async function withAgent<Outcome>(
  run: RunFolder,
  experiment: Experiment,
  options: Pick<TrainOptions, "startWorker" | "sinks" | "signal"> & { isContinued: boolean; progress: Progress },
  work: (training: Training) => Promise<Outcome>,
): Promise<Outcome> {
  const { isContinued, progress } = options;
  const signal = options.signal ?? new AbortController().signal;
  const definition = environmentDefinition(experiment.environment.id);
  const clock = new PhaseClock((phase) => progress.phase(phase));
  // An embedded policy's tokenizer is made from the texts each time; others need them in the offline stage alone.
  const needsSftFile = !isContinued || isEmbedded(experiment.policy);
  const sftFile = needsSftFile ? await openSftFile({ experiment, definition, progress }) : null;
  // Before the worker, which a failure here would leave running; nothing is held outside this process before a reset.
  const parser = definition.create(experiment.environment.settings);
  progress.begin("start the worker", 1);
  const running = await clock.measure("setup", () =>
    (options.startWorker ?? startOrConnect)({
      threads: experiment.worker.threads,
      connect: experiment.worker.connect,
      runFolder: run.directory,
      processes: launchedProcesses(experiment.worker),
      logFile: run.path("worker.log"),
    }),
  );
  const sinks = openSinks(experiment.sinks, run, tellingOf(run, progress), options.sinks);
  try {
    const unbuilt = {
      experiment,
      definition,
      spec: parser.spec,
      parser,
      sftFile,
      worker: running.client,
      run,
      checkpoints: new Checkpoints(run, running.client),
      sinks,
      streams: new RandomStreams(experiment.seed),
      clock,
      progress,
      signal,
    };
    if (!isContinued) {
      const begun = run.readConfig();
      run.writeConfig({ ...begun, experiment, versions: { ...begun.versions, ...running.hello.versions } });
    }
    const training: Training = { ...unbuilt, ...(await clock.measure("setup", () => build(unbuilt))) };
    await clock.measure("setup", () => guardPolicy(training));
    return await work(training);
  } finally {
    await parser.close?.();
    await Promise.all([running.stop(), sinks.end()]);
  }
}
