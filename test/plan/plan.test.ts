import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { doctorCommand } from "../../ts/commands/doctor.ts";
import { defineExperiment, type Experiment, loadExperiment } from "../../ts/config.ts";
import { cardNamed, cardOfDevice, processor } from "../../ts/plan/cards.ts";
import { chooseCard } from "../../ts/plan/choose-card.ts";
import { type Plan, planOf } from "../../ts/plan/plan.ts";
import { planText } from "../../ts/plan/plan-text.ts";
import { rl4vlm } from "../../ts/presets/rl4vlm.ts";
import { smallExperiment } from "../small-experiment.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const NUMBERLINE = fileURLToPath(new URL("../../experiments/gym-cards/numberline-7b.ts", import.meta.url));
const COMPARISON = fileURLToPath(new URL("../../experiments/paper/table-d1.ts", import.meta.url));
const path = "llava-hf/llava-v1.6-mistral-7b-hf";

const EIGHT = { launcher: "torchrun", processes: 8 } as const;

function preset(changes: Partial<Parameters<typeof defineExperiment>[0]> = {}): Experiment {
  return defineExperiment({
    name: "planned",
    ...rl4vlm({ game: "numberline", path, batching: "parallel" }),
    ...changes,
  });
}

function peaks({ memory }: Plan): Record<string, number> {
  return Object.fromEntries(memory.phases.map(({ phase, peak }) => [phase, peak]));
}

describe("planOf", () => {
  const folder = temporaryFolder();

  it("fits the paper's size on one card of 80 GB, near the 37 GB that Table D.1 measured", async () => {
    const plan = await planOf(await loadExperiment(NUMBERLINE), cardNamed("h100"));
    expect(plan.memory.fits).to.equal(true);
    expect(plan.remedy).to.equal(null);
    expect(plan.contradictions).to.deep.equal([]);
    expect(plan.memory.peak / 1e9).to.be.within(30, 45);
    expect(plan.workload.image.prompt).to.equal(1176);
    expect(plan.time.environmentSteps).to.equal(29 * 512);
    // Table D.1: 14.5 hours.
    expect(plan.time.total.low / 3600).to.be.lessThan(14.5);
    expect(plan.time.total.high / 3600).to.be.within(5, 30);
    expect(peaks(plan)).to.have.keys(["sft", "evaluation", "rollout", "readAgain", "weigh", "update"]);
  });

  it("counts a cache of 131,072 bytes a token, and a group of environments at a time", async () => {
    const one = await planOf(preset(), cardNamed("h100"));
    const { prompt } = one.workload;
    const cache = one.memory.phases.find(({ phase }) => phase === "rollout")?.parts.cache ?? 0;
    // Keys and values: 32 layers of 8 heads of 128 numbers of 2 bytes.
    expect(cache).to.equal(16 * (prompt + 256) * 131_072);
    // Slots that are filled again have room for two utterances.
    const slots = { engine: { kind: "transformers", slots: 4 } } as const;
    const slotted = await planOf(preset({ worker: { ...preset().worker, ...slots } }), cardNamed("h100"));
    expect(slotted.memory.phases.find(({ phase }) => phase === "rollout")?.parts.cache).to.equal(
      4 * (prompt + 512) * 131_072,
    );
    const ungrouped = await planOf(preset({ rollout: { environments: 32, groups: 1 } }), cardNamed("h100"));
    expect(peaks(ungrouped).rollout).to.be.greaterThan(peaks(one).rollout ?? 0);
  });

  it("adds a set of adapters for the KL term, or a copy of every weight", async () => {
    const kl = { coefficient: 0.1 };
    const adapted = await planOf(preset({ kl }), cardNamed("h100"));
    expect(adapted.memory.resident.reference).to.equal(adapted.memory.resident.learningWeights);
    const policy = { kind: "checkpoint", path, lora: null } as const;
    const whole = await planOf(preset({ kl, policy }), cardNamed("h100"));
    expect(whole.memory.resident.reference).to.equal(4 * 7_566_747_648);
  });

  it("names settings that make it fit, and they do", async () => {
    const policy = { ...preset().policy, gradientCheckpointing: false };
    const h100 = cardNamed("h100");
    const { memory, remedy } = await planOf(preset({ policy }), h100);
    expect(memory.fits).to.equal(false);
    expect(remedy).to.deep.include({ settings: ["policy.gradientCheckpointing=true"], fits: true });
    const mended = await planOf(preset(), h100);
    expect(mended.memory.peak).to.equal(remedy?.peak);

    const small = await planOf(preset(), cardNamed("rtx-4090"));
    expect(small.remedy).to.include({ fits: false });
    expect(small.remedy?.peak).to.be.lessThan(small.memory.peak);
  });

  it("takes longer one environment at a time, for nothing else", async () => {
    const single = defineExperiment({ name: "single", ...rl4vlm({ game: "numberline", path }) });
    const [slow, fast] = await Promise.all([single, preset()].map((one) => planOf(one, cardNamed("h100"))));
    expect(slow?.time.environmentSteps).to.equal(fast?.time.environmentSteps);
    expect(slow?.time.run.rollout.low).to.be.greaterThan(4 * (fast?.time.run.rollout.low ?? 0));
    expect(slow?.memory.peak).to.be.lessThan(fast?.memory.peak ?? 0);
  });

  it("counts evaluations alone where nothing is learned: the row zero-shot", async () => {
    const none = { entropy: { kind: "none" }, sft: null, iterations: 0 } as const;
    const { memory, time } = await planOf(preset(none), cardNamed("h100"));
    expect(memory.phases.map(({ phase }) => phase)).to.deep.equal(["evaluation"]);
    expect(memory.resident).to.include({ gradients: 0, adamMoments: 0, scm: 0 });
    expect(Object.entries(time.run).filter(([, { high }]) => high > 0)).to.have.length(1);
    const trained = await planOf(preset({ ...none, iterations: 2 }), cardNamed("h100"));
    expect(time.run.evaluation.high).to.equal(trained.time.run.evaluation.high / 2);
  });

  it("plans the embedded default on a CPU", async () => {
    const { memory, time, shape } = await planOf(smallExperiment(), processor(1, 8e9));
    expect(memory.fits).to.equal(true);
    expect(memory.peak).to.be.lessThan(1e9);
    expect(shape.parameters).to.be.within(3e5, 6e5);
    expect(time.total.high).to.be.lessThan(600);
  });

  it("spreads every weight that learns over eight cards, where one holds none of it", async () => {
    const policy = { ...preset().policy, lora: null, isVisionFrozen: false } as const;
    const h100 = cardNamed("h100");
    const one = await planOf(preset({ policy }), h100);
    const eight = await planOf(preset({ policy, worker: { ...preset().worker, ...EIGHT } }), h100);
    expect(eight.division).to.deep.equal({ processes: 8, isSharded: true });
    expect([one.memory.fits, eight.memory.fits]).to.deep.equal([false, true]);
    // The output embedding, 32,064 × 4,096, is on every card.
    const copied = 32_064 * 4_096;
    expect(eight.memory.resident.learningWeights).to.equal(4 * (copied + (7_566_747_648 - copied) / 8));
    const gathered = eight.memory.phases.find(({ phase }) => phase === "rollout")?.parts.gatheredWeights;
    expect(gathered).to.be.closeTo(4 * (7_566_747_648 - copied), 1);
    expect(planText(eight)).to.contain("8 of them, a process each").and.to.contain("are spread over them");
  });

  it("copies adapters to eight cards, which speak and learn for an eighth each", async () => {
    const one = await planOf(preset(), cardNamed("h100"));
    const eight = await planOf(preset({ worker: { ...preset().worker, ...EIGHT } }), cardNamed("h100"));
    expect(eight.division).to.deep.equal({ processes: 8, isSharded: false });
    expect(eight.memory.resident).to.deep.equal(one.memory.resident);
    const cache = ({ memory }: Plan) => memory.phases.find(({ phase }) => phase === "rollout")?.parts.cache ?? 0;
    expect(cache(eight)).to.equal(cache(one) / 8);
    const ratio = eight.time.run.update.low / one.time.run.update.low;
    expect(ratio).to.be.within(1 / 8, 1 / 7);
    expect(eight.time.run.fitScm).to.deep.equal(one.time.run.fitScm);
    expect(eight.time.environmentSteps).to.equal(one.time.environmentSteps);
  });

  it("tells what contradicts the policy's context", async () => {
    const plan = await planOf(preset({ sampling: { maxNewTokens: 40_000 } }), cardNamed("h200"));
    expect(plan.contradictions).to.have.length(1);
    expect(plan.contradictions[0]).to.contain("sampling.maxNewTokens").and.to.contain("32768");
  });

  it("tells which files a folder lacks", async () => {
    const config = { model_type: "qwen2", hidden_size: 64, num_attention_heads: 4 };
    writeFileSync(folder("config.json"), JSON.stringify(config));
    const policy = { kind: "checkpoint", path: folder("") } as const;
    const { contradictions } = await planOf(preset({ policy }), cardNamed("h100"));
    expect(contradictions.map((line) => line.split(" ")[0])).to.deep.equal(["policy.path:", "policy.path:"]);
    expect(contradictions.join()).to.contain("has no weights").and.to.contain("has no tokenizer");
  });
});

describe("chooseCard", () => {
  it("is the device's with the memory it has, the CPU's for a small policy, else an H100", async () => {
    const device = { name: "NVIDIA A100-SXM4-80GB", memoryBytes: 85e9 };
    expect(await chooseCard("auto", preset(), async () => [device])).to.include({
      memoryBytes: 85e9,
      bandwidth: 2.04e12,
    });
    expect(cardOfDevice({ name: "NVIDIA T4", memoryBytes: 16e9 })).to.equal(null);
    expect((await chooseCard("auto", preset(), async () => [])).name).to.equal("H100 80 GB");
    expect((await chooseCard("auto", smallExperiment(), async () => [])).name).to.contain("CPU");
    expect((await chooseCard("l40s", smallExperiment(), async () => [device])).name).to.equal("L40S 48 GB");
  });
});

describe("coso doctor --plan", () => {
  const run = (...args: string[]) => runWith(NUMBERLINE, ...args);
  const runWith = async (file: string, ...args: string[]) => {
    let printed = "";
    const command = doctorCommand(
      () => Promise.reject(new Error("a plan does not look at the machine")),
      (text) => {
        printed += text;
      },
    );
    const error = await command.parseAsync(["--plan", file, ...args], { from: "user" }).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    return { printed, error };
  };

  it("prints memory by part, the peak by phase, and hours", async () => {
    const { printed, error } = await run("--gpu", "h100");
    expect(error).to.equal(undefined);
    expect(printed).to.match(/frozen weights +15\.1 GB/);
    expect(printed).to.match(/✔ fits: \d+\.\d GB at the peak/);
    expect(printed).to.match(/updates of the policy .*\d/);
    expect(printed).to.contain("1176 of them the image's");
  });

  it("fails where the experiment does not fit, and says what would", async () => {
    const { printed, error } = await run(
      "--gpu",
      "a100-40",
      "--set",
      "evaluation.environments=200",
      "worker.engine.slots=200",
    );
    expect(printed).to.contain("✖ does not fit").and.to.contain("--set worker.engine.slots=");
    expect(error).to.be.instanceOf(Error).with.property("message").that.contains("does not fit A100 40 GB");
  });

  it("answers with the same as JSON", async () => {
    const { ok, plan } = JSON.parse((await run("--gpu", "h200", "--json")).printed);
    expect(ok).to.equal(true);
    expect(plan.card.name).to.equal("H200 141 GB");
    expect(plan.memory.resident.frozenWeights).to.equal(2 * 7_566_747_648);
    expect(plan.memory.engine).to.equal(null);
    const engine = JSON.stringify({ kind: "vllm", cudaDevice: 1 });
    const apart = JSON.parse((await run("--gpu", "h200", "--json", "--set", `worker.engine=${engine}`)).printed).plan;
    expect(apart.memory.engine).to.include({ kind: "vllm", ownDevice: 1, held: 0.4 * 141e9, missing: 0, seats: 32 });
    expect(apart.memory.engine.card.name).to.equal("H200 141 GB");
    expect(apart.time.overlap).to.include({ kind: "as-played", isPromised: true });
    expect(apart.time.run).to.include.keys("readAgain", "handOver");
  });

  it("fails where the engine does not fit the card that it has to itself, and says so", async () => {
    const engine = JSON.stringify({ kind: "vllm", cudaDevice: 1, memoryShare: 0.1 });
    const { printed, error } = await run("--gpu", "h100", "--set", `worker.engine=${engine}`);
    expect(printed).to.contain("✔ the worker fits").and.to.contain("✖ the engine does not fit");
    expect(printed).to.contain("--set worker.engine.memoryShare=0.3");
    expect(error).to.be.instanceOf(Error).with.property("message").that.contains("its engine does not fit H100 80 GB");
  });

  it("plans one run of each method of a comparison, and tells how many there are", async () => {
    const { printed, error } = await runWith(COMPARISON);
    expect(error).to.equal(undefined);
    expect(printed).to.contain("4 methods, 3 runs of each");
    const names = [...printed.matchAll(/^(table-d1-\S+) on /gm)].map(([, name]) => name);
    expect(names).to.deep.equal(["offline", "RL", "RL+H", "CoSo"].map((method) => `table-d1-${method}`));
    const { ok, runs, plans } = JSON.parse((await runWith(COMPARISON, "--json", "--set", "iterations=2")).printed);
    expect({ ok, runs }).to.deep.equal({ ok: true, runs: 3 });
    expect(plans.map(({ time }: Plan) => time.environmentSteps)).to.deep.equal([512, 512, 512, 512]);
    expect(plans.map(({ memory }: Plan) => memory.resident.scm > 0)).to.deep.equal([true, false, false, true]);
  });

  it("names the method that does not fit", async () => {
    const { error } = await runWith(COMPARISON, "--set", "sampling.maxNewTokens=5000", "scm.encoder.maxPositions=5000");
    expect(error)
      .to.be.instanceOf(Error)
      .with.property("message")
      .that.matches(/table-d1\.ts cannot run as planned: table-d1-offline: sampling\.maxNewTokens: .*; table-d1-RL: /);
  });
});
