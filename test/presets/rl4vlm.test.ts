import { expect } from "chai";
import { defineExperiment } from "../../ts/config.ts";
import { coso, type Rl4vlmGame, type Rl4vlmOptions, rl4vlm, UNIFORM_ENTROPY } from "../../ts/presets/rl4vlm.ts";
import { ppoSettingsAt } from "../../ts/schedule.ts";

const GAMES: readonly Rl4vlmGame[] = [
  "numberline",
  "ezpoints",
  "points24",
  "blackjack",
  "alfworld/text",
  "alfworld/thor",
];

/** Where a number comes from: RL4VLM's repository (VLM_PPO/), its default arguments, or the paper's appendix B.2. */
type Source =
  | "scripts/run_*.sh"
  | "scripts/run_alf.sh"
  | "main.py"
  | "arguments.py"
  | "algo/ppo.py"
  | "model.py"
  | "config_zero2.yaml";

const NUMBERS: readonly [setting: string, value: unknown, source: Source][] = [
  ["algorithm.clip", 0.1, "arguments.py"],
  ["algorithm.valueClip", 0.1, "algo/ppo.py"],
  ["algorithm.valueCoefficient", 0.5, "arguments.py"],
  ["algorithm.valueGradient", "shared", "algo/ppo.py"],
  ["algorithm.ratioGuard", 10, "algo/ppo.py"],
  ["algorithm.gamma", 0.9, "arguments.py"],
  ["algorithm.lambda", 0.95, "arguments.py"],
  ["algorithm.maxGradNorm", 0.01, "arguments.py"],
  ["algorithm.epochs", 4, "scripts/run_*.sh"],
  ["algorithm.batchSize", 128, "scripts/run_*.sh"],
  ["algorithm.microBatch", 1, "scripts/run_*.sh"],
  ["algorithm.learningRate", 1e-5, "scripts/run_*.sh"],
  ["algorithm.valueLearningRate", 1e-5, "main.py"],
  ["algorithm.learningRateSchedule.shape", "cosine", "main.py"],
  ["algorithm.learningRateSchedule.fallIterations", 25, "scripts/run_*.sh"],
  ["algorithm.learningRateSchedule.includesValueHead", true, "main.py"],
  ["algorithm.thoughtCoefficient", 0.5, "scripts/run_*.sh"],
  ["algorithm.normaliseAdvantages", true, "algo/ppo.py"],
  ["algorithm.advantageStdFloor", 0, "algo/ppo.py"],
  ["algorithm.valueWarmupIterations", 0, "algo/ppo.py"],
  ["sampling.temperature", 0.2, "scripts/run_*.sh"],
  ["sampling.maxNewTokens", 256, "scripts/run_*.sh"],
  ["policy.lora.rank", 128, "main.py"],
  ["policy.lora.alpha", 256, "main.py"],
  ["policy.lora.dropout", 0.05, "main.py"],
  // The reference calls train() for the update, and nothing but the adapters has dropout.
  ["policy.lora.dropoutIn", "sft-and-rl", "algo/ppo.py"],
  ["policy.lora.targets", "everything", "scripts/run_*.sh"],
  ["policy.gradientCheckpointing", true, "main.py"],
  ["worker.dtype", "bfloat16", "config_zero2.yaml"],
  ["rollout.environments", 1, "algo/ppo.py"],
  ["rollout.groups", 1, "algo/ppo.py"],
  ["entropy.kind", "none", "algo/ppo.py"],
  ["kl", null, "algo/ppo.py"],
];

/** What ALFWorld's script says otherwise. */
const ALFWORLD_NUMBERS: readonly [setting: string, value: unknown, source: Source][] = [
  ["algorithm.thoughtCoefficient", 0.2, "scripts/run_alf.sh"],
  ["algorithm.batchSize", 256, "scripts/run_alf.sh"],
];

const PER_GAME: Readonly<Record<Rl4vlmGame, { steps: number; iterations: number; episodes: number }>> = {
  numberline: { steps: 512, iterations: 29, episodes: 200 },
  ezpoints: { steps: 1024, iterations: 14, episodes: 200 },
  points24: { steps: 1024, iterations: 14, episodes: 200 },
  blackjack: { steps: 512, iterations: 29, episodes: 1000 },
  "alfworld/text": { steps: 1024, iterations: 11, episodes: 200 },
  "alfworld/thor": { steps: 1024, iterations: 11, episodes: 200 },
};

const BATCHING = [
  "algorithm.microBatch",
  "evaluation.environments",
  "rollout.environments",
  "rollout.groups",
  "rollout.stepsPerEnvironment",
];

describe("the preset rl4vlm", () => {
  const defined = (game: Rl4vlmGame, batching: NonNullable<Rl4vlmOptions["batching"]> = "single") =>
    defineExperiment({ name: "preset", ...rl4vlm({ game, path: "model", batching }) });

  it("has every number of the reference", () => {
    const settings = flattened(defined("numberline"));
    for (const [setting, value, source] of NUMBERS) {
      expect(settings.get(setting), `${setting} (${source})`).to.equal(value);
    }
  });

  it("has what differs in ALFWorld, and nothing else", () => {
    const [cards, alfworld] = [flattened(defined("ezpoints")), flattened(defined("alfworld/text"))];
    for (const [setting, value, source] of ALFWORLD_NUMBERS) {
      expect(alfworld.get(setting), `${setting} (${source})`).to.equal(value);
    }
    const differing = [...cards.keys()].filter(
      (key) => !key.startsWith("environment.") && cards.get(key) !== alfworld.get(key),
    );
    expect(differing).to.have.members(["iterations", ...ALFWORLD_NUMBERS.map(([setting]) => setting)]);
    expect(alfworld.get("environment.settings.matching")).to.equal("reference");
    expect(alfworld.get("environment.settings.split")).to.equal("train");
  });

  it("has each game's steps and episodes", () => {
    for (const game of GAMES) {
      const { steps, iterations, episodes } = PER_GAME[game];
      for (const batching of ["single", "parallel"] as const) {
        const { rollout, iterations: planned, evaluation } = defined(game, batching);
        expect(rollout.environments * rollout.stepsPerEnvironment, game).to.equal(steps);
        expect(planned, game)
          .to.equal(iterations)
          .and.equal(Math.floor((game.startsWith("alfworld/") ? 12_000 : 15_000) / steps));
        expect(evaluation.episodes, game).to.equal(episodes);
      }
    }
  });

  it("lets both learning rates fall from 1e-5 to 1e-9 over 25 updates, wherever the run ends", () => {
    const rateAt = (game: Rl4vlmGame, iteration: number) => {
      const { algorithm, iterations } = defined(game);
      const { learningRate, valueLearningRate } = ppoSettingsAt(algorithm, iteration, iterations);
      expect(valueLearningRate).to.equal(learningRate);
      return learningRate;
    };
    // Closed form of torch's CosineAnnealingLR with T_max 25 and eta_min 1e-9.
    const reference = (update: number) => 1e-9 + (1e-5 - 1e-9) * 0.5 * (1 + Math.cos((Math.PI * update) / 25));
    for (const update of [0, 1, 12, 13]) {
      expect(rateAt("numberline", update)).to.be.closeTo(reference(update), 1e-16);
      expect(rateAt("ezpoints", update)).to.be.closeTo(reference(update), 1e-16);
    }
    expect(rateAt("numberline", 25)).to.be.closeTo(1e-9, 1e-18);
    expect(rateAt("numberline", 28)).to.be.closeTo(1e-9, 1e-18);
  });

  it("is faster by nothing but batching", () => {
    for (const game of GAMES) {
      const single = flattened(defined(game));
      const parallel = flattened(defined(game, "parallel"));
      const differing = [...single.keys()].filter((key) => single.get(key) !== parallel.get(key)).sort();
      expect([...parallel.keys()]).to.deep.equal([...single.keys()]);
      expect(differing).to.deep.equal(BATCHING);
    }
  });

  it("becomes RL + H and CoSo by a line each, with the paper's numbers", () => {
    const base = { name: "preset", ...rl4vlm({ game: "ezpoints", path: "model" }) };
    const changed = (input: Parameters<typeof defineExperiment>[0]) => {
      const [before, after] = [flattened(defineExperiment(base)), flattened(defineExperiment(input))];
      return [...after.keys()].filter((key) => before.get(key) !== after.get(key)).map((key) => key.split(".")[0]);
    };
    expect(new Set(changed({ ...base, ...UNIFORM_ENTROPY }))).to.deep.equal(new Set(["entropy"]));

    const withCoso = { ...base, ...coso({ game: "ezpoints" }) };
    expect(new Set(changed(withCoso))).to.deep.equal(new Set(["entropy", "scm"]));
    const { entropy, scm, weights } = defineExperiment(withCoso);
    expect(entropy).to.include({ kind: "causal", coefficient: 1, reduction: "mean", schedule: "constant", floor: 0 });
    expect(weights.kind).to.equal("paper");
    expect(scm?.pretraining).to.deep.equal({ utterances: 1024, steps: 8000, batchSize: 64, learningRate: 1e-5 });
    // Two passes over an iteration's 1,024 utterances.
    expect(scm?.online).to.include({ steps: 32, batchSize: 64, learningRate: 1e-5 });
  });
});

/** Every setting by its path, in the order of the schema. */
function flattened(value: unknown, path = ""): Map<string, unknown> {
  if (typeof value !== "object" || value === null) return new Map([[path, value]]);
  const parts = Object.entries(value).map(([key, member]) => flattened(member, path === "" ? key : `${path}.${key}`));
  return new Map<string, unknown>(parts.flatMap((part): [string, unknown][] => [...part]));
}
