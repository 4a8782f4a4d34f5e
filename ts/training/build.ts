import { oldLogProbsOf } from "../config/old-log-probs.ts";
import { actionUtterances } from "../environments/action-utterances.ts";
import type { Demonstration } from "../environments/environment.ts";
import { requireVllmPython } from "../processes/vllm-python.ts";
import type { EngineSpec, PolicySpec } from "../protocol/messages/agent.ts";
import type { Params } from "../protocol/messages.ts";
import { deriveSeed } from "../random.ts";
import { magnitude } from "../report/format.ts";
import { requireUnpacked } from "../weights/packages.ts";
import { sftTexts } from "./demonstrations.ts";
import { factorsWithInvalid } from "./factor-labels.ts";
import { activeScm, type Training } from "./training.ts";

/** Of a run's folder: where embedded policies are written to. */
const MODEL = "model";
export const VISION_MODEL = [MODEL, "vision"] as const;

/** A training before its worker holds anything. */
type Unbuilt = Omit<Training, "nullText" | "parameters" | "device">;

/** Builds policy, value head and, where the method needs one, SCM in the worker. */
export async function build(training: Unbuilt): Promise<Pick<Training, "nullText" | "parameters" | "device">> {
  const { worker, progress, experiment } = training;
  const built = await worker.call("build", await buildParams(training), { signal: training.signal });
  const parameters = {
    policy: built.policyParameters,
    // Built with every policy; off PPO nothing reads or trains it.
    valueHead: experiment.algorithm.kind === "ppo" ? built.valueHeadParameters : 0,
    scm: built.scmParameters,
    critics: built.criticParameters,
  };
  const learning = built.learningPolicyParameters;
  const share = learning === parameters.policy ? "" : ` (${magnitude(learning)} of them learn)`;
  const parts = [`policy ${magnitude(parameters.policy)}${share}`];
  if (parameters.valueHead > 0) parts.push(`value head ${magnitude(parameters.valueHead)}`);
  if (parameters.critics > 0) parts.push(`critics ${magnitude(parameters.critics)}`);
  if (parameters.scm > 0) parts.push(`SCM ${magnitude(parameters.scm)}`);
  progress.say(`parameters: ${parts.join(", ")} on ${built.device}`);
  return { nullText: built.nullText, parameters, device: built.device };
}

async function buildParams(training: Unbuilt): Promise<Params<"build">> {
  const { experiment, spec } = training;
  return {
    seed: deriveSeed(experiment.seed, "build"),
    device: experiment.worker.device,
    dtype: experiment.worker.dtype,
    policy: await policySpec(training),
    oldLogProbs: oldLogProbsOf(experiment),
    engine: engineSpec(experiment),
    factors: factorsWithInvalid(spec.factors),
    scm: scmSpec(experiment),
    critics: criticSpec(experiment),
  };
}

async function policySpec(training: Unbuilt): Promise<PolicySpec> {
  const { policy } = training.experiment;
  switch (policy.kind) {
    case "checkpoint":
      requireUnpacked(policy.path);
      return policy;
    case "convolutional":
      return { ...policy, utterances: actionUtterances(training.parser) };
    case "autoui":
      return policy;
    case "embedded-autoui":
      return {
        ...policy,
        directory: training.run.path(MODEL),
        visionDirectory: training.run.path(...VISION_MODEL),
        corpus: corpusOf(await sftTexts(training)),
      };
    case "embedded":
      return { ...policy, directory: training.run.path(MODEL), corpus: corpusOf(await sftTexts(training)) };
  }
}

function corpusOf(texts: readonly Demonstration[]): string[] {
  return texts.flatMap(({ observation: { prompt }, utterance }) => [prompt, utterance]);
}

/**
 * What says the utterances.
 * @throws ConfigError where vLLM's Python is not there.
 */
export function engineSpec({ worker: { engine } }: Training["experiment"]): EngineSpec {
  return engine.kind === "vllm" ? { ...engine, python: requireVllmPython(engine.python) } : engine;
}

/** What the worker builds φ from; null where the method has none. */
export function scmSpec(experiment: Training["experiment"]): Params<"build">["scm"] {
  const scm = activeScm(experiment);
  if (scm === null) return null;
  return { encoder: scm.encoder, pooling: scm.pooling };
}

/** What the worker builds AWR's critics from; null where nothing is criticised. */
function criticSpec({ algorithm }: Training["experiment"]): Params<"build">["critics"] {
  if (algorithm.kind !== "awr" || algorithm.critics === null) return null;
  const { encoder, hiddenSize } = algorithm.critics;
  return { encoder, hiddenSize };
}
