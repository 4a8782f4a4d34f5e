import { algorithmContradictions } from "./algorithm-checks.ts";
import { hasEngineApart } from "./engine.ts";
import { usesCausalWeights, usesScm } from "./method.ts";
import type { Experiment, WeightsConfig } from "./schema.ts";

/** bfloat16 keeps 8 bits of mantissa: log-probs of sampling and training differ by more than this as a matter of course. */
const smallestBfloat16Gap = 0.01;

/** What no single field can tell: one line a contradiction between fields. */
export function contradictions(experiment: Experiment): string[] {
  const found = policyContradictions(experiment);
  const { algorithm, entropy, weights, scm, sft, sampling, worker, guards, rollout } = experiment;
  if (usesScm(experiment) && scm === null) {
    found.push(
      `scm: causal weights of kind ${weights.kind} need one; set scm: {} for the paper's size, or weights.kind "exact"`,
    );
  }
  if (usesCausalWeights(experiment) && weights.kind === "exact" && !replacesSomething(weights.replacements)) {
    found.push("weights.replacements: expected null, delete or sampled > 0, received none of them");
  }
  if (entropy.kind !== "none" && entropy.target !== null && entropy.schedule !== "constant") {
    found.push(`entropy.schedule: expected "constant" beside entropy.target, which sets α itself, received "linear"`);
  }
  if (entropy.kind !== "none" && entropy.target !== null && entropy.coefficient === 0) {
    found.push("entropy.coefficient: expected more than 0 beside entropy.target, which scales it, received 0");
  }
  if (scm?.encoder.kind === "fresh") {
    const { hiddenSize, heads, maxPositions } = scm.encoder;
    if (hiddenSize % heads !== 0) {
      found.push(`scm.encoder.heads: expected a divisor of scm.encoder.hiddenSize ${hiddenSize}, received ${heads}`);
    }
    if (maxPositions < sampling.maxNewTokens) {
      found.push(
        `scm.encoder.maxPositions: expected at least sampling.maxNewTokens ${sampling.maxNewTokens}, received ${maxPositions}`,
      );
    }
  }
  if (scm?.encoder.kind === "pretrained" && weights.kind === "gradient" && usesScm(experiment)) {
    found.push('weights.kind: "gradient" needs an SCM that reads the policy\'s tokens; set scm.encoder.kind "fresh"');
  }
  if (sft !== null && sft.microBatch > sft.batchSize) {
    found.push(`sft.microBatch: expected at most sft.batchSize ${sft.batchSize}, received ${sft.microBatch}`);
  }
  if (rollout.groups > rollout.environments) {
    found.push(
      `rollout.groups: expected at most rollout.environments ${rollout.environments}, received ${rollout.groups}`,
    );
  }
  if (rollout.asynchronous && rollout.groups > 1) {
    found.push(
      `rollout.groups: expected 1 with rollout.asynchronous, received ${rollout.groups}; nobody waits for a group there`,
    );
  }
  if (rollout.asynchronous && algorithm.kind !== "awr") {
    found.push(
      `rollout.asynchronous: expected false with algorithm.kind "${algorithm.kind}", which learns from steps of the present policy; ` +
        'use algorithm.kind "awr"',
    );
  }
  found.push(...engineContradictions(experiment));
  if (worker.connect !== null && worker.launcher !== "single") {
    found.push(
      `worker.launcher: expected "single" with worker.connect, whose worker runs already, received "${worker.launcher}"`,
    );
  }
  if (worker.launcher === "single" && worker.processes > 1) {
    found.push(
      `worker.processes: expected 1 with worker.launcher "single", received ${worker.processes}; ` +
        'set worker.launcher "torchrun"',
    );
  }
  if (worker.dtype === "bfloat16" && guards.maxLogProbGap !== null && guards.maxLogProbGap < smallestBfloat16Gap) {
    found.push(
      `guards.maxLogProbGap: bfloat16 cannot keep it under ${guards.maxLogProbGap}; ` +
        `set at least ${smallestBfloat16Gap}, or null to measure without guarding`,
    );
  }
  return [...found, ...algorithmContradictions(experiment)];
}

function engineContradictions(experiment: Experiment): string[] {
  const { worker, rollout, algorithm, mismatch, checkpoint, evaluation, iterations } = experiment;
  const { engine } = worker;
  const isApart = hasEngineApart(experiment);
  const found: string[] = [];
  if (isApart && worker.launcher !== "single") {
    found.push(
      'worker.launcher: expected "single" with an engine in a process of its own, which serves one process, received ' +
        `"${worker.launcher}"`,
    );
  }
  if (!isApart && engine.cudaDevice !== null) {
    found.push(
      "worker.engine.cudaDevice: expected null without worker.engine.ownProcess, for the engine is where the policy is, " +
        `received ${engine.cudaDevice}`,
    );
  }
  if (rollout.staleness === 0) return found;
  if (!isApart) {
    found.push(
      "rollout.staleness: expected 0, for who learns cannot speak meanwhile, received 1; set worker.engine.ownProcess true, " +
        'or worker.engine.kind "vllm"',
    );
  }
  if (algorithm.kind !== "ppo") {
    found.push(
      `rollout.staleness: expected 0 with algorithm.kind "${algorithm.kind}", received 1; what it has instead is rollout.asynchronous`,
    );
  }
  if (engine.kind === "vllm" && engine.sleep) {
    found.push(
      "worker.engine.sleep: expected false with rollout.staleness 1, whose engine speaks while the policy learns",
    );
  }
  if (mismatch.oldLogProbs === "sampled") {
    found.push(
      'mismatch.oldLogProbs: expected "recomputed" or "auto" with rollout.staleness 1, for another policy spoke, received "sampled"',
    );
  }
  // Nothing runs ahead over a checkpoint or an evaluation, so that runs go on as if nothing had happened.
  if (iterations > 1 && checkpoint.every === 1) {
    found.push(
      "checkpoint.every: expected more than 1 with rollout.staleness 1, received 1; nothing runs ahead over a checkpoint",
    );
  }
  if (iterations > 1 && evaluation.selection?.every === 1) {
    found.push(
      "evaluation.selection.every: expected more than 1 with rollout.staleness 1, received 1; nothing runs ahead over an evaluation",
    );
  }
  return found;
}

function policyContradictions(experiment: Experiment): string[] {
  const { policy, sft } = experiment;
  const found: string[] = [];
  switch (policy.kind) {
    case "embedded":
    case "embedded-autoui":
      if (sft === null) {
        found.push("sft: the embedded policy starts from nothing and its tokenizer from the demonstrations; set sft");
      }
      if (policy.hiddenSize % policy.heads !== 0) {
        found.push(
          `policy.heads: expected a divisor of policy.hiddenSize ${policy.hiddenSize}, received ${policy.heads}`,
        );
      }
      if (policy.imageSize % policy.patchSize !== 0) {
        found.push(
          `policy.patchSize: expected a divisor of policy.imageSize ${policy.imageSize}, received ${policy.patchSize}`,
        );
      }
      if (policy.kind === "embedded-autoui" && policy.visionHiddenSize % policy.heads !== 0) {
        found.push(
          `policy.heads: expected a divisor of policy.visionHiddenSize ${policy.visionHiddenSize}, received ${policy.heads}`,
        );
      }
      return found;
    case "convolutional":
      if (sft !== null) {
        found.push("sft: expected null beside a convolutional policy, which cannot write the demonstrations' texts");
      }
      if (usesCausalWeights(experiment)) {
        found.push(
          "policy.kind: a convolutional policy's utterance is one token, so that causal weights have nothing to choose " +
            'from; set entropy.kind "uniform" or "none", and gradient.kind "uniform"',
        );
      }
      if (featureSide(policy) < 1) {
        found.push(`policy.imageSize: expected more than policy.layers take off, received ${policy.imageSize}`);
      }
      return found;
    case "checkpoint":
    case "autoui":
      return found;
  }
}

/** Pixels that are left on a side after all convolutions. */
function featureSide({ imageSize, layers }: Extract<Experiment["policy"], { kind: "convolutional" }>): number {
  return layers.reduce((side, { kernel, stride }) => Math.floor((side - kernel) / stride) + 1, imageSize);
}

function replacesSomething(replacements: Extract<WeightsConfig, { kind: "exact" }>["replacements"]): boolean {
  return replacements.null || replacements.delete || replacements.sampled > 0;
}
