import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { methodName } from "../../ts/config/method.ts";
import { cardNamed } from "../../ts/plan/cards.ts";
import { planOf } from "../../ts/plan/plan.ts";
import { loadPlanned } from "../../ts/plan/planned.ts";
import { describeWithGames } from "../environments/alfworld/games.ts";

const TABLE = fileURLToPath(new URL("../../experiments/paper/table-c1.ts", import.meta.url));

describe("experiments/paper/table-c1.ts", () => {
  it("has the table's rows, and RL + H: a language model without SFT, and 12,000 steps in whole iterations", async () => {
    const { experiments, runs } = await loadPlanned(TABLE, []);
    expect(runs).to.equal(3);
    expect(experiments.map(methodName)).to.deep.equal(["RL", "RL+H", "CoSo"]);
    for (const { policy, sft, environment, iterations, rollout, algorithm, worker } of experiments) {
      expect(policy).to.include({ kind: "checkpoint", path: "Qwen/Qwen2.5-7B-Instruct" });
      expect(sft).to.equal(null);
      expect(environment.id).to.equal("alfworld/text");
      const steps = iterations * rollout.environments * rollout.stepsPerEnvironment;
      expect(12_000 - steps).to.be.within(0, 1023);
      expect(algorithm).to.include({ thoughtCoefficient: 0.2, batchSize: 256 });
      expect(worker.dtype).to.equal("bfloat16");
    }
    const [rl, uniform, coso] = experiments;
    expect(rl?.entropy).to.deep.equal({ kind: "none" });
    expect(uniform?.entropy).to.include({ kind: "uniform", coefficient: 1, reduction: "mean" });
    expect(coso?.entropy).to.include({ kind: "causal", coefficient: 1, reduction: "mean" });
    expect(coso?.scm).to.deep.include({ pretraining: null }).and.to.have.nested.property("online.learningRate", 1e-5);
  });
});

describeWithGames("experiments/paper/table-c1.ts on games", (data) => {
  it("can be planned, and fits one card of 80 GB", async () => {
    const set = [`environment.settings.data=${data()}`, "environment.settings.bridge=zeromq"];
    const { experiments } = await loadPlanned(TABLE, set);
    for (const experiment of experiments) {
      const plan = await planOf(experiment, cardNamed("h100"));
      expect(plan.memory.fits).to.equal(true);
      expect(plan.contradictions).to.deep.equal([]);
      expect(plan.workload.image.prompt).to.equal(0);
      expect(plan.time.environmentSteps).to.equal(11 * 1024);
    }
  }).timeout(120_000);
});
