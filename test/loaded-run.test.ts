import { mkdirSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import { defineExperiment } from "../ts/config.ts";
import { RunFolderError } from "../ts/errors.ts";
import { findRun, type LoadOptions, withLoadedRun } from "../ts/loaded-run.ts";
import { train } from "../ts/train.ts";
import { numberLineWorker, starting } from "./numberline-worker.ts";
import { rejection } from "./rejection.ts";
import { smallExperiment } from "./small-experiment.ts";
import { temporaryFolder } from "./temporary-folder.ts";

describe("a run's checkpoint in a worker", () => {
  const path = temporaryFolder();
  const final = () => path("run", "checkpoints", "final", "worker");

  before(async () => {
    const experiment = smallExperiment({ iterations: 1, evaluation: { episodes: 2 } });
    await train(experiment, { directory: path("run"), startWorker: starting(numberLineWorker()) });
  });

  async function loaded(parts: LoadOptions["parts"], work: () => Promise<string> = async () => "result", name = "run") {
    const worker = numberLineWorker();
    let isStopped = false;
    const startWorker: LoadOptions["startWorker"] = async () => ({
      client: worker,
      hello: { versions: {} },
      stop: async () => {
        isStopped = true;
      },
    });
    const saved = await findRun(path(name), "final");
    const outcome = await withLoadedRun(saved, { parts, startWorker }, work).catch(String);
    return { worker, outcome, isStopped };
  }

  it("has the policy alone where acting is all that is wanted", async () => {
    const { worker, outcome } = await loaded("policy");
    expect(outcome).to.equal("result");
    const [build] = worker.paramsOf("build");
    expect(build?.policy).to.include({ kind: "checkpoint", path: `${final()}/policy`, lora: null });
    expect(build?.scm).to.equal(null);
    expect(worker.paramsOf("load")).to.have.length(0);
  });

  it("has φ too, as it was saved, where it is asked for", async () => {
    const { worker } = await loaded("agent");
    expect(worker.paramsOf("build")[0]?.scm?.encoder.kind).to.equal("fresh");
    expect(worker.paramsOf("load")).to.deep.equal([{ directory: final(), images: null }]);
  });

  it("is called what it was when it was written: the offline stage's has seen no RL", async () => {
    expect((await findRun(path("run"), "final")).method).to.equal("CoSo");
    expect((await findRun(path("run"), "offline")).method).to.equal("SFT");
  });

  it("is refused for a model behind an endpoint, which no run trained", async () => {
    mkdirSync(path("prompted"));
    const experiment = { name: "prompted", seed: 0, endpoint: { model: "some-model" } };
    const config = { method: "prompting (some-model)", experiment, revision: null, versions: {} };
    writeFileSync(path("prompted", "config.json"), JSON.stringify(config));
    const error = await rejection(findRun(path("prompted"), "final"));
    expect(error).to.be.instanceOf(RunFolderError);
    expect(error.message).to.match(
      /prompting \(some-model\) has no policy of its own to load; `coso report .*prompted` tells what came out/,
    );
  });

  it("is what it was built from with what it learned, where a policy's folder is no model by itself", async () => {
    const experiment = defineExperiment({
      name: "pixels",
      environment: { id: "numberline" },
      policy: { kind: "convolutional", hiddenSize: 8 },
      rollout: { environments: 2, stepsPerEnvironment: 2 },
      iterations: 1,
      evaluation: { episodes: 2 },
    });
    const trained = numberLineWorker();
    const { stages } = await train(experiment, { directory: path("pixels"), startWorker: starting(trained) });
    expect(stages.map(({ stage }) => stage)).to.deep.equal(["before CNN + RL", "after CNN + RL"]);
    const { worker } = await loaded("policy", undefined, "pixels");
    const [build] = worker.paramsOf("build");
    expect(build?.policy).to.deep.include({ hiddenSize: 8, utterances: ['{"action": "-"}', '{"action": "+"}'] });
    expect(build).to.deep.equal(trained.paramsOf("build")[0]);
    expect(worker.paramsOf("load")).to.deep.equal([
      { directory: path("pixels", "checkpoints", "final", "worker"), images: null },
    ]);
  });

  it("is AutoUI from the checkpoint's folder, which sees with what the run saw with", async () => {
    const policies = [
      [{ kind: "autoui", path: "models/autoui", vision: "models/blip2" }, "models/blip2"],
      [{ kind: "embedded-autoui" }, path("embedded-autoui", "model", "vision")],
    ] as const;
    for (const [policy, vision] of policies) {
      const experiment = smallExperiment({ policy, iterations: 1, evaluation: { episodes: 2 } });
      const trained = numberLineWorker();
      await train(experiment, { directory: path(policy.kind), startWorker: starting(trained) });
      if (policy.kind === "embedded-autoui") {
        const written = { directory: path(policy.kind, "model"), visionDirectory: vision };
        expect(trained.paramsOf("build")[0]?.policy).to.deep.include(written);
      }
      const { worker } = await loaded("policy", undefined, policy.kind);
      const saved = path(policy.kind, "checkpoints", "final", "worker", "policy");
      expect(worker.paramsOf("build")[0]?.policy).to.deep.equal({ kind: "autoui", path: saved, vision });
      expect(worker.paramsOf("load")).to.have.length(0);
    }
  });

  it("ends the worker whatever happens", async () => {
    expect(await loaded("policy")).to.include({ isStopped: true });
    const failed = await loaded("policy", async () => {
      throw new Error("no luck");
    });
    expect(failed).to.include({ isStopped: true, outcome: "Error: no luck" });
  });
});
