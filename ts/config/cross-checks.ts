import type { Experiment } from "./schema.ts";

/** bfloat16 keeps 8 bits of mantissa: log-probs of sampling and training differ by more than this as a matter of course. */
const smallestBfloat16Gap = 0.01;

/** What no single field can tell: one line a contradiction between fields. */
export function contradictions(experiment: Experiment): string[] {
  const found: string[] = [];
  const { entropy, scm, sft, policy, algorithm, sampling, worker, guards } = experiment;
  if (entropy.kind === "causal" && scm === null) {
    found.push("scm: causal entropy needs one; set scm: {} for the published sizes, or choose another entropy.kind");
  }
  if (policy.kind === "embedded" && sft === null) {
    found.push("sft: the embedded policy starts from nothing and its tokenizer from the demonstrations; set sft");
  }
  if (policy.kind === "embedded" && policy.hiddenSize % policy.heads !== 0) {
    found.push(`policy.heads: expected a divisor of policy.hiddenSize ${policy.hiddenSize}, received ${policy.heads}`);
  }
  if (policy.kind === "embedded" && policy.imageSize % policy.patchSize !== 0) {
    found.push(
      `policy.patchSize: expected a divisor of policy.imageSize ${policy.imageSize}, received ${policy.patchSize}`,
    );
  }
  if (scm !== null && scm.hiddenSize % scm.heads !== 0) {
    found.push(`scm.heads: expected a divisor of scm.hiddenSize ${scm.hiddenSize}, received ${scm.heads}`);
  }
  if (scm !== null && scm.maxPositions < sampling.maxNewTokens) {
    found.push(
      `scm.maxPositions: expected at least sampling.maxNewTokens ${sampling.maxNewTokens}, received ${scm.maxPositions}`,
    );
  }
  if (algorithm.microBatch > algorithm.batchSize) {
    found.push(
      `algorithm.microBatch: expected at most algorithm.batchSize ${algorithm.batchSize}, received ${algorithm.microBatch}`,
    );
  }
  if (sft !== null && sft.microBatch > sft.batchSize) {
    found.push(`sft.microBatch: expected at most sft.batchSize ${sft.batchSize}, received ${sft.microBatch}`);
  }
  if (worker.dtype === "bfloat16" && guards.maxLogProbGap !== null && guards.maxLogProbGap < smallestBfloat16Gap) {
    found.push(
      `guards.maxLogProbGap: bfloat16 cannot keep it under ${guards.maxLogProbGap}; ` +
        `set at least ${smallestBfloat16Gap}, or null to measure without guarding`,
    );
  }
  if (algorithm.valueWarmupIterations >= experiment.iterations) {
    found.push(
      `algorithm.valueWarmupIterations: expected fewer than iterations ${experiment.iterations}, ` +
        `received ${algorithm.valueWarmupIterations}; the policy would never be trained`,
    );
  }
  return found;
}
