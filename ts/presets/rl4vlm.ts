import type { ExperimentInput } from "../config.ts";

/**
 * RL4VLM (Zhai et al., 2024) on Gym Cards and ALFWorld, on which the paper's Tables 2 and C.1 build: every number of its
 * published scripts.
 * `test/presets/rl4vlm.test.ts` holds the table of numbers and where each comes from.
 *
 * ```ts
 * const game = "numberline";
 * export default defineExperiment({ name: "coso-numberline", ...rl4vlm({ game, path }), ...coso({ game }) });
 * ```
 */
export interface Rl4vlmOptions {
  game: Rl4vlmGame;
  /** Folder of a checkpoint, or a name on the hub: in the reference one that SFT has taught the game's format. */
  path: string;
  /**
   * `single`: one environment, one step a pass, as in the reference. `parallel`: 32 environments in two groups and
   * several steps a pass, which changes how long a run takes; trajectories are cut more often, at the end of each rollout.
   */
  batching?: "single" | "parallel";
}

/** What RL4VLM has settings for. */
export type Rl4vlmGame = keyof typeof GAMES;
/** Gym Cards' games, which show images and have scripted demonstrations. */
export type CardGame = Exclude<Rl4vlmGame, `alfworld/${string}`>;

interface Game {
  /** Environment steps of one iteration. */
  stepsPerIteration: number;
  /** Environment steps in all; whole iterations fit into this many, as in the reference: 29 of 512, or 14 of 1024. */
  environmentSteps: number;
  /** Episodes of one evaluation. */
  episodes: number;
  /** λ on the log-probs of thoughts. */
  thoughtCoefficient: number;
  /** Steps in one optimiser step: the reference accumulates gradients over as many. */
  batchSize: number;
  settings?: { readonly [name: string]: string };
}

const GYM_CARDS = { environmentSteps: 15_000, thoughtCoefficient: 0.5, batchSize: 128 };

const ALFWORLD = {
  stepsPerIteration: 1024,
  environmentSteps: 12_000,
  episodes: 200,
  thoughtCoefficient: 0.2,
  batchSize: 256,
  // As the reference reads commands, and trains and reports on the split `train`.
  settings: { matching: "reference", split: "train" },
};

const GAMES = {
  numberline: { ...GYM_CARDS, stepsPerIteration: 512, episodes: 200 },
  ezpoints: { ...GYM_CARDS, stepsPerIteration: 1024, episodes: 200 },
  points24: { ...GYM_CARDS, stepsPerIteration: 1024, episodes: 200 },
  blackjack: { ...GYM_CARDS, stepsPerIteration: 512, episodes: 1000 },
  "alfworld/text": ALFWORLD,
  "alfworld/thor": ALFWORLD,
} as const satisfies Readonly<Record<string, Game>>;

const LEARNING_RATE = 1e-5;
const FINAL_LEARNING_RATE = 1e-9;

/** What speed costs and gains; nothing else differs between the two. */
const BATCHING = {
  single: { environments: 1, groups: 1, microBatch: 1, gradientCheckpointing: true },
  parallel: { environments: 32, groups: 2, microBatch: 8, gradientCheckpointing: true },
} as const;

/** An experiment without its name: PPO without entropy. Spread {@link UNIFORM_ENTROPY} or {@link coso} over it. */
export function rl4vlm({ game, path, batching = "single" }: Rl4vlmOptions) {
  const {
    stepsPerIteration,
    environmentSteps,
    episodes,
    thoughtCoefficient,
    batchSize,
    settings = {},
  }: Game = GAMES[game];
  const { environments, groups, microBatch, gradientCheckpointing } = BATCHING[batching];
  return {
    environment: { id: game, settings },
    policy: {
      kind: "checkpoint",
      path,
      // `sft-and-rl`: the reference learns with dropout on, so that PPO's ratio is not 1 before the first step.
      lora: { rank: 128, alpha: 256, dropout: 0.05, dropoutIn: "sft-and-rl", targets: "everything" },
      gradientCheckpointing,
    },
    sampling: { temperature: 0.2, maxNewTokens: 256 },
    worker: { dtype: "bfloat16" },
    // Dropout and bfloat16 part the log-probs of sampling and training; the gap is measured, not guarded.
    guards: { maxLogProbGap: null },
    entropy: { kind: "none" },
    algorithm: {
      kind: "ppo",
      clip: 0.1,
      valueClip: 0.1,
      valueCoefficient: 0.5,
      valueGradient: "shared",
      ratioGuard: 10,
      thoughtCoefficient,
      epochs: 4,
      batchSize,
      microBatch,
      learningRate: LEARNING_RATE,
      valueLearningRate: LEARNING_RATE,
      maxGradNorm: 0.01,
      gamma: 0.9,
      lambda: 0.95,
      normaliseAdvantages: true,
      learningRateSchedule: {
        shape: "cosine",
        finalFraction: FINAL_LEARNING_RATE / LEARNING_RATE,
        fallIterations: 25,
        includesValueHead: true,
      },
    },
    rollout: { environments, groups, stepsPerEnvironment: stepsPerIteration / environments },
    iterations: Math.floor(environmentSteps / stepsPerIteration),
    evaluation: { episodes, environments },
  } as const satisfies Omit<ExperimentInput, "name">;
}

/** RL + H: α as CoSo's, so that the two differ in the weights alone. */
export const UNIFORM_ENTROPY = {
  entropy: { kind: "uniform", coefficient: 1, reduction: "mean" },
} as const satisfies Partial<ExperimentInput>;

/**
 * CoSo over RL4VLM (paper, appendix B.2): an SCM of 0.01B parameters with learning rate 1e-5, and α = 1.0. The paper
 * does not say over what α counts; the published code averages over an utterance's tokens. How long φ learns offline and
 * online is the published code's for AitW, since the paper calls both alike: 500 epochs of 1,024 samples, then 2 epochs
 * an iteration, here in batches of 64.
 *
 * The paper's LLM agents have no texts to draw those samples from, nor has a checkpoint that comes to ALFWorld after SFT:
 * there φ learns online alone.
 */
export function coso({ game }: Pick<Rl4vlmOptions, "game">) {
  const batchSize = 64;
  const learningRate = 1e-5;
  return {
    scm: {
      pretraining:
        GAMES[game] === ALFWORLD
          ? null
          : { utterances: 1024, steps: (500 * 1024) / batchSize, batchSize, learningRate },
      online: { steps: (2 * GAMES[game].stepsPerIteration) / batchSize, batchSize, learningRate },
    },
    weights: { kind: "paper" },
    entropy: { kind: "causal", coefficient: 1, reduction: "mean" },
  } as const satisfies Partial<ExperimentInput>;
}
