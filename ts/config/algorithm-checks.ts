import type { AwrConfig, Experiment } from "./schema.ts";

/** What the RL base's settings contradict: each other, or the rest of the experiment. */
export function algorithmContradictions(experiment: Experiment): string[] {
  const { algorithm, iterations } = experiment;
  const found: string[] = [];
  if (algorithm.microBatch > algorithm.batchSize) {
    found.push(
      `algorithm.microBatch: expected at most algorithm.batchSize ${algorithm.batchSize}, received ${algorithm.microBatch}`,
    );
  }
  const [warmup, warmupIterations] =
    algorithm.kind === "ppo"
      ? (["valueWarmupIterations", algorithm.valueWarmupIterations] as const)
      : (["critics.warmupIterations", algorithm.critics?.warmupIterations ?? 0] as const);
  if (iterations > 0 && warmupIterations >= iterations) {
    found.push(
      `algorithm.${warmup}: expected fewer than iterations ${iterations}, ` +
        `received ${warmupIterations}; the policy would never be trained`,
    );
  }
  return algorithm.kind === "ppo" ? found : [...found, ...awrContradictions(algorithm, experiment)];
}

function awrContradictions(algorithm: AwrConfig, { policy, gradient, rollout, iterations }: Experiment): string[] {
  const found: string[] = [];
  const { mode, critics } = algorithm;
  if (mode === "offline" && iterations !== 1) {
    found.push(`iterations: expected 1 beside algorithm.mode "offline", which learns once, received ${iterations}`);
  }
  if (mode === "offline-to-online" && iterations < 2) {
    found.push(
      `iterations: expected at least 2 beside algorithm.mode "offline-to-online", whose first is the offline one, ` +
        `received ${iterations}`,
    );
  }
  const fewest =
    mode === "online"
      ? algorithm.episodes
      : mode === "offline"
        ? algorithm.offline.episodes
        : Math.min(algorithm.episodes, algorithm.offline.episodes);
  if (rollout.environments > fewest) {
    found.push(
      `rollout.environments: expected at most the ${fewest} episodes of an iteration, received ${rollout.environments}; ` +
        "the others would never be played",
    );
  }
  if (gradient.kind === "clip-cov" || gradient.kind === "kl-cov") {
    found.push(
      `gradient.kind: "${gradient.kind}" compares the policy with the one that sampled, which with algorithm.kind "awr" ` +
        'may be long gone; set another, such as "uniform"',
    );
  }
  if (policy.kind === "convolutional" && critics?.encoder.kind === "policy") {
    found.push(
      'algorithm.critics.encoder.kind: expected "pretrained" beside a convolutional policy, which reads no ' +
        'instructions, received "policy"',
    );
  }
  return found;
}
