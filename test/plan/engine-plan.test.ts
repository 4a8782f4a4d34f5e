import { writeFileSync } from "node:fs";
import { expect } from "chai";
import { defineExperiment, type Experiment, type ExperimentInput } from "../../ts/config.ts";
import { type Card, cardNamed, processor } from "../../ts/plan/cards.ts";
import { chooseEngineCard } from "../../ts/plan/choose-card.ts";
import { type EngineMemory, engineMemory } from "../../ts/plan/engine-memory.ts";
import { memoryPlan } from "../../ts/plan/memory.ts";
import { overlapOf } from "../../ts/plan/overlap.ts";
import { type Plan, planOf } from "../../ts/plan/plan.ts";
import { planText } from "../../ts/plan/plan-text.ts";
import { shapeOf } from "../../ts/plan/read-shape.ts";
import { readingParts } from "../../ts/plan/sampling-memory.ts";
import type { Workload } from "../../ts/plan/workload.ts";
import { rl4vlm } from "../../ts/presets/rl4vlm.ts";
import { smallExperiment } from "../small-experiment.ts";
import { temporaryFolder } from "../temporary-folder.ts";

type Worker = NonNullable<ExperimentInput["worker"]>;

const SMALL = {
  model_type: "llama",
  hidden_size: 64,
  intermediate_size: 128,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  vocab_size: 1000,
  tie_word_embeddings: false,
};
/** A layer: 36,864 in linear layers and 128 in norms; twice; a norm of 64; two embeddings of 64,000. */
const WEIGHTS = 202_048;

const WORKLOAD: Workload = {
  prompt: 100,
  image: { prompt: 0, vision: 0 },
  utterance: { low: 10, high: 20 },
  episodeSteps: { low: 4, high: 8 },
  factorLabels: [3],
};

describe("an engine in a process of its own, planned for a small known shape", () => {
  const folder = temporaryFolder();

  function experiment(worker: Worker, contextLength = 2048): Experiment {
    writeFileSync(folder("config.json"), JSON.stringify({ ...SMALL, max_position_embeddings: contextLength }));
    return smallExperiment({
      policy: { kind: "checkpoint", path: folder(""), lora: null },
      evaluation: { environments: 8, episodes: 8 },
      guards: { maxLogProbGap: null },
      worker,
    });
  }

  function planned(worker: Worker, card: Card = cardNamed("rtx-4090"), contextLength = 2048): EngineMemory {
    const changed = experiment(worker, contextLength);
    const engine = engineMemory(changed, shapeOf(changed.policy), WORKLOAD, card, card);
    if (engine === null) throw new RangeError("expected an engine apart");
    return engine;
  }

  it("is a whole copy without gradients, with a cache and passes for the eight rows of an evaluation", () => {
    const engine = planned({ engine: { kind: "transformers", ownProcess: true } });
    expect(engine.parts).to.deep.equal({
      frozenWeights: 0,
      learningWeights: WEIGHTS * 4,
      // 64 → 64 → 64 → 1, with biases.
      valueHead: (65 * 64 + 65 * 64 + 65) * 4,
      // Keys and values of 2 layers with 2 heads of 16 numbers of 4 bytes: 512 a token.
      cache: 8 * 120 * 512,
      // Three results of the MLP's 128 and two states of 64, and a float32 one.
      prompts: 8 * 100 * (12 * 128 + 12 * 64),
      images: 0,
      logits: 8 * 1000 * 16,
    });
    expect(engine).to.include({ held: 3_304_452, ownDevice: null, missing: 0, seats: 8, cacheTokens: 960 });
  });

  it("gives vLLM its share of the card, of which weights, passes and graphs leave the cache the rest", () => {
    const engine = planned({ dtype: "bfloat16", engine: { kind: "vllm" } });
    const needed = WEIGHTS * 2 + 8192 * (6 * 128 + 8 * 64) + 256 * 1000 * 16 + 1e9;
    expect(needed).to.equal(1_014_985_856);
    expect(engine.held).to.equal(0.4 * 24e9);
    expect(engine.parts.cache).to.equal(0.4 * 24e9 - needed);
    // 256 bytes a token, 16 of them at a time.
    expect(engine.cacheTokens).to.equal(33_535_200);
    expect(engine).to.include({ seats: 8, slots: 8, missing: 0, sleeps: false });
  });

  it("gives vLLM a cache of a size of its own, where utterances wait that have no room", () => {
    const worker = { dtype: "bfloat16", engine: { kind: "vllm", cacheGigabytes: 1e-4 } } as const;
    const engine = planned(worker, cardNamed("rtx-4090"), 128);
    expect(engine.held).to.equal(1_014_985_856 + 1e5);
    // Of 390 tokens 384 are given out; prompt and utterance, 120, take 128 of them.
    expect(engine).to.include({ cacheTokens: 384, seats: 3, slots: 8, missing: 0 });
    const long = planned(worker);
    expect(long.missing).to.equal((2048 - 384) * 256);
    expect(long.problems.join()).to.contain("worker.engine.cacheGigabytes").and.to.contain("2048 tokens");
  });

  it("says where vLLM's weights have no room in their share, or the share is not free at the start", () => {
    const worker = (memoryShare: number): Worker => ({ dtype: "bfloat16", engine: { kind: "vllm", memoryShare } });
    const narrow = planned(worker(0.04));
    expect(narrow.parts.cache).to.be.lessThan(0);
    expect(narrow.problems).to.deep.equal([
      "worker.engine.memoryShare: vLLM's weights and passes need 1.0 GB, its share is 1.0 GB",
    ]);
    const wide = planned(worker(0.95));
    // 24 GB less two contexts and the weights in float32 are 22; the share is 22.8.
    expect(wide.missing).to.be.closeTo(0.8e9 + (WEIGHTS * 4) / 0.95, 1);
    expect(wide.problems.join()).to.contain("starts only where its share, 22.8 GB, is free");
  });

  it("has 1 GiB of cache on a CPU, and neither share nor card of its own", () => {
    const engine = planned({ engine: { kind: "vllm", cudaDevice: 1 } }, processor(1, 8e9));
    expect(engine.parts).to.include({ cache: 2 ** 30, graphs: 0 });
    expect(engine.ownDevice).to.equal(null);
    const asleep = planned({ engine: { kind: "vllm", sleep: true } }, processor(1, 8e9));
    expect(asleep.problems.join()).to.contain("worker.engine.sleep");
    expect(asleep.sleeps).to.equal(false);
  });

  it("reads eight utterances again in a pass that keeps nothing", () => {
    const changed = experiment({ engine: { kind: "vllm" } });
    expect(readingParts(changed, shapeOf(changed.policy), WORKLOAD)).to.deep.equal({
      passes: 8 * 120 * (12 * 128 + 12 * 64),
      images: 0,
      logits: 8 * 20 * 1000 * 16,
    });
  });

  it("stands beside the worker in every phase, on its own card in none, asleep where the policy does not learn", () => {
    const beside = (worker: Worker): (number | undefined)[] => {
      const changed = experiment(worker);
      const { phases } = memoryPlan(changed, shapeOf(changed.policy), WORKLOAD, cardNamed("rtx-4090"));
      return ["sft", "rollout", "readAgain", "weigh", "update"].map(
        (name) => phases.find(({ phase }) => phase === name)?.parts.engine,
      );
    };
    const held = 0.4 * 24e9;
    const none = undefined;
    expect(beside({ engine: { kind: "vllm" } })).to.deep.equal([held, held, held, held, held]);
    expect(beside({ engine: { kind: "vllm", sleep: true } })).to.deep.equal([none, held, held, held, none]);
    expect(beside({ engine: { kind: "vllm", cudaDevice: 1 } })).to.deep.equal([none, none, none, none, none]);
    // The worker is on device 0.
    expect(beside({ engine: { kind: "vllm", cudaDevice: 0 } })).to.deep.equal([held, held, held, held, held]);
  });
});

describe("overlapOf", () => {
  const range = (low: number, high: number) => ({ low, high });
  const seconds = {
    rollout: range(100, 200),
    readAgain: range(10, 20),
    handOver: range(1, 2),
    weigh: range(8, 16),
    fitScm: range(2, 4),
    update: range(30, 300),
  };
  const apart = { engine: { kind: "transformers", ownProcess: true } } as const;
  const stale = smallExperiment({
    worker: apart,
    rollout: { environments: 4, stepsPerEnvironment: 4, staleness: 1 },
    iterations: 10,
    checkpoint: { every: 5 },
    evaluation: { selection: null },
  });

  it("saves the shorter of rollout and learning, but over no checkpoint and not after the last", () => {
    const overlap = overlapOf(stale, true, seconds);
    // Of learning, 50 to 340 s; iterations 1 to 4 and 6 to 9 run ahead.
    expect(overlap).to.deep.include({ kind: "ahead", iterations: 8, isPromised: true, iteration: range(50, 200) });
    expect(overlap.run).to.deep.equal(range(400, 1600));
  });

  it("promises nothing on one card", () => {
    expect(overlapOf(stale, false, seconds)).to.deep.include({
      kind: "ahead",
      isPromised: false,
      run: { low: 0, high: 0 },
    });
  });

  it("hides weighing behind a rollout on policy, all but that of what is said last; reading too with two groups", () => {
    const rollout = { environments: 4, stepsPerEnvironment: 4 };
    const one = overlapOf(smallExperiment({ worker: apart, rollout }), true, seconds);
    expect(one).to.deep.include({ kind: "as-played", iterations: 5, iteration: range(6, 12) });
    const two = overlapOf(smallExperiment({ worker: apart, rollout: { ...rollout, groups: 2 } }), true, seconds);
    expect(two.iteration).to.deep.equal(range((18 * 7) / 8, (36 * 7) / 8));
    expect(overlapOf(smallExperiment({ rollout }), true, seconds).kind).to.equal("none");
  });
});

describe("a 7B's plan, by engine", () => {
  const path = "llava-hf/llava-v1.6-mistral-7b-hf";
  const h100 = cardNamed("h100");
  const preset = rl4vlm({ game: "numberline", path, batching: "parallel" });
  const with7b = (engine: Worker["engine"], changes: Partial<ExperimentInput> = {}): Experiment =>
    defineExperiment({ name: "planned", ...preset, worker: { ...preset.worker, engine }, ...changes });
  const text = async (engine: Worker["engine"], changes: Partial<ExperimentInput> = {}): Promise<[string, Plan]> => {
    const plan = await planOf(with7b(engine, changes), h100);
    return [planText(plan), plan];
  };

  it("counts reading again with the default engine in bfloat16, and no engine", async () => {
    const [printed, { memory, time }] = await text({ kind: "transformers" });
    expect(memory.engine).to.equal(null);
    expect(time.run.readAgain.low).to.be.greaterThan(0);
    expect(time.run.handOver.high).to.equal(0);
    expect(printed)
      .to.match(/^ {2}reading +\d/m)
      .and.not.to.contain("Engine:");
    const sampled = await planOf(with7b({ kind: "transformers" }, { mismatch: { oldLogProbs: "sampled" } }), h100);
    expect(sampled.time.run.readAgain.high).to.equal(0);
    expect(sampled.memory.phases.some(({ phase }) => phase === "readAgain")).to.equal(false);
  });

  it("shows a copy on the same card, and promises no gain", async () => {
    const [printed, { memory }] = await text({ kind: "transformers", ownProcess: true });
    expect(memory.engine?.parts.frozenWeights).to.equal(2 * 7_566_747_648);
    expect(printed).to.contain("Engine: a copy of the policy in a process of its own, on the worker's card");
    expect(printed).to.match(/✔ left for the worker beside it: \d+\.\d GB/);
    expect(printed).to.contain("no gain can be promised");
  });

  it("shows two cards, and what playing ahead saves", async () => {
    const [printed, { memory, time }] = await text(
      { kind: "transformers", ownProcess: true, cudaDevice: 1 },
      {
        rollout: { environments: 32, groups: 1, staleness: 1 },
        checkpoint: { every: 10 },
        evaluation: { selection: null },
      },
    );
    expect(memory.engine).to.include({ ownDevice: 1, missing: 0 });
    expect(printed).to.contain("on CUDA device 1, H100 80 GB").and.to.contain("✔ the engine fits");
    expect(printed).to.contain("✔ the worker fits").and.to.contain("saved by doing both at once");
    const summed = Object.values(time.run).reduce((sum, { high }) => sum + high, 0);
    expect(time.total.high).to.be.closeTo(summed - time.overlap.run.high, 1e-6);
  });

  it("shows vLLM's share, cache and what it leaves", async () => {
    const [printed] = await text({ kind: "vllm" });
    expect(printed).to.contain("reserved: 32.0 GB, 40 % of the card, kept in every phase");
    expect(printed).to.match(/its cache: [\d,]+ tokens, 32 of the longest utterances at once/);
    const [asleep] = await text({ kind: "vllm", sleep: true });
    expect(asleep).to.contain("given back while the policy learns");
  });

  it("keeps to 80 columns what it says of engine and phases", async () => {
    const [printed] = await text({ kind: "vllm", sleep: true });
    const part = printed.slice(printed.indexOf("Engine:"));
    expect(part.split("\n").filter((line) => line.length > 80)).to.deep.equal([]);
  });

  it("names what makes it fit: a smaller share, a larger one, sleep, another card", async () => {
    const remedy = async (engine: Worker["engine"], card: Card = h100) => (await planOf(with7b(engine), card)).remedy;
    const settings = async (engine: Worker["engine"], card?: Card) => (await remedy(engine, card))?.settings;
    expect(await settings({ kind: "vllm", memoryShare: 0.6 })).to.deep.equal(["worker.engine.memoryShare=0.5"]);
    expect(await settings({ kind: "vllm", memoryShare: 0.2 })).to.deep.equal(["worker.engine.memoryShare=0.3"]);
    const small = { ...h100, memoryBytes: 66e9 };
    expect(await settings({ kind: "vllm", memoryShare: 0.5 }, small)).to.deep.equal(["worker.engine.sleep=true"]);
    const copy = { kind: "transformers", ownProcess: true } as const;
    expect(await settings(copy, cardNamed("a100-40"))).to.deep.equal(["worker.engine.cudaDevice=1"]);
    for (const engine of [{ kind: "vllm", memoryShare: 0.6 }, copy] as const) {
      expect((await remedy(engine, cardNamed("a100-40")))?.fits).to.equal(true);
    }
  });

  it("takes the second card of the machine for the engine, or one as the worker's", async () => {
    const devices = [
      { name: "NVIDIA H100 80GB HBM3", memoryBytes: 85e9 },
      { name: "NVIDIA L40S", memoryBytes: 47e9 },
    ];
    const second = with7b({ kind: "vllm", cudaDevice: 1 });
    expect((await chooseEngineCard("auto", second, h100, async () => devices)).memoryBytes).to.equal(47e9);
    expect(await chooseEngineCard("auto", second, h100, async () => [])).to.equal(h100);
    expect(await chooseEngineCard("h100", second, h100, async () => devices)).to.equal(h100);
    const plan = await planOf(second, h100, cardNamed("l40s"));
    expect(plan.memory.engine?.held).to.equal(0.4 * 48e9);
    expect(plan.memory.engine?.problems.join()).to.contain("worker.engine.memoryShare");
  });
});
