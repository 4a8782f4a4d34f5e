import type { AwrConfig, EntropyConfig, Experiment, GradientConfig, WeightsConfig } from "./schema.ts";

/** The part of an experiment that says which method it is. */
export type Method = Pick<Experiment, "entropy" | "gradient" | "weights">;

/** Whether steps have to be weighed before θ is updated. */
export function usesCausalWeights({ entropy, gradient }: Method): boolean {
  return entropy.kind === "causal" || gradient.kind === "causal";
}

/** Whether an SCM is built, trained and asked: `exact` weights come from f^parse, `policy` weights from π. */
export function usesScm(method: Method): boolean {
  return usesCausalWeights(method) && method.weights.kind !== "exact" && method.weights.kind !== "policy";
}

/**
 * Zero-shot, SFT, CNN + RL, RL, RL+H and CoSo as the paper names them; what differs from those in brackets, and so does a
 * base other than PPO, for methods on two bases are never one row of a table. Without
 * iterations of RL the policy is reported as it came, or as SFT left it.
 */
export function methodName({
  policy,
  sft,
  iterations,
  entropy,
  gradient,
  weights,
  algorithm,
}: Method & Pick<Experiment, "policy" | "sft" | "iterations" | "algorithm">): string {
  if (iterations === 0) return sft === null ? "zero-shot" : "SFT";
  const differences = [
    ...(algorithm.kind === "ppo" ? [] : [algorithmName(algorithm)]),
    ...(usesCausalWeights({ entropy, gradient, weights }) && weights.kind !== "paper" ? [weightsName(weights)] : []),
    ...(gradient.kind === "uniform" ? [] : [gradientName(gradient)]),
  ];
  const base = policy.kind === "convolutional" ? `CNN + ${entropyName(entropy)}` : entropyName(entropy);
  return differences.length === 0 ? base : `${base} (${differences.join(", ")})`;
}

/** Such as AWR, or offline filtered BC. */
function algorithmName({ mode, critics }: AwrConfig): string {
  const name = critics === null ? "filtered BC" : "AWR";
  return mode === "online" ? name : `${mode} ${name}`;
}

function entropyName(entropy: EntropyConfig): string {
  switch (entropy.kind) {
    case "none":
      return "RL";
    case "uniform":
      return "RL+H";
    case "causal":
      return "CoSo";
    case "action":
      return "RL+H on the action";
    case "span":
      return "RL+H on the span";
    case "high-entropy":
      return `RL+H on the top ${percent(entropy.share)}`;
  }
}

function gradientName(gradient: Exclude<GradientConfig, { kind: "uniform" }>): string {
  switch (gradient.kind) {
    case "causal":
      return "causal gradient";
    case "action":
      return "gradient on the action";
    case "span":
      return "gradient on the span";
    case "high-entropy":
      return `gradient on the top ${percent(gradient.share)}`;
    case "clip-cov":
      return "Clip-Cov";
    case "kl-cov":
      return "KL-Cov";
  }
}

function weightsName({ kind }: WeightsConfig): string {
  return `${kind} weights`;
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}
