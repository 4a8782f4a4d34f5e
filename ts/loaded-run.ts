import { join } from "node:path";
import { oldLogProbsOf } from "./config/old-log-probs.ts";
import { checkpoint as checkpointSettings, isEmbedded } from "./config/policy.ts";
import { defineExperiment, type Experiment, methodName } from "./config.ts";
import { actionUtterances } from "./environments/action-utterances.ts";
import type { Environment, EnvironmentDefinition, EnvironmentSpec } from "./environments/environment.ts";
import { environmentDefinition } from "./environments/registry.ts";
import { RunFolderError } from "./errors.ts";
import type { PolicySpec } from "./protocol/messages/agent.ts";
import { deriveSeed } from "./random.ts";
import { holdsScm, offlineCheckpoint, workerPart } from "./runs/checkpoints.ts";
import { importRecordedModule } from "./runs/environment-module.ts";
import { RunFolder } from "./runs/run-folder.ts";
import { engineSpec, scmSpec, VISION_MODEL } from "./training/build.ts";
import { factorsWithInvalid } from "./training/factor-labels.ts";
import type { StartWorker } from "./training/open.ts";
import { startOrConnect } from "./worker/start.ts";
import type { Worker } from "./worker/worker.ts";

/** A checkpoint of a run, found on disk. */
export interface SavedRun {
  readonly directory: string;
  readonly checkpoint: string;
  readonly run: RunFolder;
  readonly experiment: Experiment;
  /** What the paper or this project calls it, such as CoSo. */
  readonly method: string;
  readonly definition: EnvironmentDefinition;
}

/** A checkpoint of a run in a worker of its own. */
export interface LoadedRun extends SavedRun {
  readonly worker: Worker;
  /** Whether the worker holds φ as it was when the checkpoint was written. */
  readonly hasScm: boolean;
  /** y_null as text, in the policy's tokens. */
  readonly nullText: string;
  readonly spec: EnvironmentSpec;
  /** f^parse, of an environment that plays no episodes. */
  readonly parser: Pick<Environment, "spec" | "parse">;
}

export interface LoadOptions {
  /** `policy`: only what acting needs; `agent`: φ too, where the method has one and the checkpoint holds it. */
  parts: "policy" | "agent";
  /** The default starts the Python worker. */
  startWorker?: StartWorker | undefined;
}

/**
 * An environment of the user's own is imported from where the run says that it is defined.
 * @throws RunFolderError when the folder holds no run, one that trained no policy, or no such checkpoint, or when its
 * environment is no longer there.
 */
export async function findRun(directory: string, checkpoint: string): Promise<SavedRun> {
  const run = new RunFolder(directory);
  const config = run.readConfig();
  if (!("policy" in config.experiment)) {
    throw new RunFolderError(
      `${directory}: ${config.method} has no policy of its own to load; \`coso report ${directory}\` tells what came out`,
    );
  }
  await importRecordedModule(run);
  const experiment = defineExperiment(config.experiment);
  workerPart(run, checkpoint);
  return {
    directory,
    checkpoint,
    run,
    experiment,
    // What the offline stage left has seen no RL, whatever comes after it.
    method: methodName(checkpoint === offlineCheckpoint ? { ...experiment, iterations: 0 } : experiment),
    definition: environmentDefinition(experiment.environment.id),
  };
}

/** Does `work` with the checkpoint in a fresh worker, which ends with it. */
export async function withLoadedRun<T>(
  saved: SavedRun,
  options: LoadOptions,
  work: (loaded: LoadedRun) => Promise<T>,
): Promise<T> {
  const { run, checkpoint, experiment, definition } = saved;
  const directory = workerPart(run, checkpoint);
  const scm = options.parts === "agent" && holdsScm(run, checkpoint) ? scmSpec(experiment) : null;
  const { client: worker, stop } = await (options.startWorker ?? startOrConnect)({
    threads: experiment.worker.threads,
    connect: experiment.worker.connect,
    runFolder: run.directory,
    // What is looked at afterwards fits one device, and its figures do not hang on how many learned.
    processes: null,
    logFile: run.path("worker.log"),
  });
  const parser = definition.create(experiment.environment.settings);
  try {
    const { nullText } = await worker.call("build", {
      seed: deriveSeed(experiment.seed, "build"),
      device: experiment.worker.device,
      dtype: experiment.worker.dtype,
      policy: savedPolicy(experiment.policy, join(directory, "policy"), { run, parser }),
      oldLogProbs: oldLogProbsOf(experiment),
      engine: engineSpec(experiment),
      factors: factorsWithInvalid(parser.spec.factors),
      scm,
      critics: null,
    });
    if (scm !== null || !isBuiltFromFolder(experiment.policy)) await worker.call("load", { directory, images: null });
    return await work({ ...saved, worker, hasScm: scm !== null, nullText, spec: parser.spec, parser });
  } finally {
    await parser.close?.();
    await stop();
  }
}

/**
 * What a checkpoint's policy is built from: its own folder, or, where that is no model by itself, what the run's was built
 * from, to be loaded into.
 */
function savedPolicy(
  policy: Experiment["policy"],
  path: string,
  { run, parser }: Pick<LoadedRun, "run" | "parser">,
): PolicySpec {
  switch (policy.kind) {
    case "embedded":
      return checkpointSettings.parse({ kind: "checkpoint", path });
    case "checkpoint":
      return isBuiltFromFolder(policy) ? { ...policy, path } : policy;
    case "convolutional":
      return { ...policy, utterances: actionUtterances(parser) };
    case "autoui":
      return { ...policy, path };
    case "embedded-autoui":
      return { kind: "autoui", path, vision: run.path(...VISION_MODEL) };
  }
}

/** Adapters need their base, and a convolutional policy its actions. */
function isBuiltFromFolder(policy: Experiment["policy"]): boolean {
  return isEmbedded(policy) || policy.kind === "autoui" || (policy.kind === "checkpoint" && policy.lora === null);
}
