import type { PolicySpec } from "../protocol/messages/agent.ts";
import type { Params } from "../protocol/messages.ts";
import { deriveSeed } from "../random.ts";
import { sftDemonstrations } from "./demonstrations.ts";
import { factorsWithInvalid } from "./factor-labels.ts";
import { activeScm, type Training } from "./training.ts";

/** A training before its worker holds anything. */
type Unbuilt = Omit<Training, "nullText">;

/** Builds policy, value head and, where the method needs one, SCM in the worker. */
export async function build(training: Unbuilt): Promise<{ nullText: string }> {
  const { worker, progress } = training;
  const built = await worker.call("build", buildParams(training), { signal: training.signal });
  const parts = [`policy ${readable(built.policyParameters)}`, `value head ${readable(built.valueHeadParameters)}`];
  if (built.scmParameters > 0) parts.push(`SCM ${readable(built.scmParameters)}`);
  progress.say(`parameters: ${parts.join(", ")} on ${built.device}`);
  return { nullText: built.nullText };
}

function buildParams(training: Unbuilt): Params<"build"> {
  const { experiment, spec } = training;
  return {
    seed: deriveSeed(experiment.seed, "build"),
    device: experiment.worker.device,
    dtype: experiment.worker.dtype,
    policy: policySpec(training),
    factors: factorsWithInvalid(spec.factors),
    scm: scmSpec(experiment),
  };
}

function policySpec(training: Unbuilt): PolicySpec {
  const { policy } = training.experiment;
  if (policy.kind === "checkpoint") return policy;
  const corpus = sftDemonstrations(training).flatMap(({ observation, utterance }) => [observation.prompt, utterance]);
  return { ...policy, directory: training.run.path("model"), corpus };
}

/** What the worker builds φ from; null where the method has none. */
export function scmSpec(experiment: Training["experiment"]): Params<"build">["scm"] {
  const scm = activeScm(experiment);
  if (scm === null) return null;
  return { encoder: scm.encoder, pooling: scm.pooling };
}

function readable(parameters: number): string {
  if (parameters >= 1e9) return `${(parameters / 1e9).toFixed(1)}B`;
  if (parameters >= 1e6) return `${(parameters / 1e6).toFixed(1)}M`;
  return `${(parameters / 1e3).toFixed(1)}k`;
}
