import { expect } from "chai";
import { evaluateRun } from "../ts/evaluate-run.ts";
import { train } from "../ts/train.ts";
import { describeWithGames } from "./environments/alfworld/games.ts";
import { readLines } from "./run-files.ts";
import { smallExperiment } from "./small-experiment.ts";
import { temporaryFolder } from "./temporary-folder.ts";

describeWithGames("training on alfworld/text", (data) => {
  const path = temporaryFolder();

  it("goes from demonstrations to CoSo without images, and every result says what was played", async () => {
    const experiment = smallExperiment({
      environment: {
        id: "alfworld/text",
        settings: { data: data(), bridge: "zeromq", prompt: "brief", taskTypes: ["pick_and_place_simple"] },
      },
      policy: { kind: "embedded", vocabularySize: 400 },
      sampling: { temperature: 0.5, maxNewTokens: 32 },
      sft: { demonstrations: { count: 60 }, steps: 30, batchSize: 16, microBatch: 16, learningRate: 3e-3 },
      algorithm: { epochs: 1, batchSize: 8, microBatch: 8 },
      rollout: { environments: 4, stepsPerEnvironment: 2 },
      iterations: 1,
      evaluation: { episodes: 1, settings: { split: "valid_unseen" } },
    });
    const { stages, causalWeights } = await train(experiment, { directory: path("run") });
    const conditions = { data: "synthetic", rooms: "small", split: "valid_unseen" };
    for (const { sampled, greedy } of stages) {
      expect(sampled.conditions).to.deep.equal(conditions);
      expect(greedy.conditions).to.deep.equal(conditions);
      expect(sampled.byKind?.map(({ kind }) => kind)).to.deep.equal(["pick_and_place_simple"]);
    }
    expect(causalWeights?.tokens).to.be.greaterThan(8);
    const [iteration] = readLines(path("run", "metrics.jsonl"));
    // What was sampled and what is learned from are the same tokens.
    expect(iteration?.metrics["mismatch/max"]).to.be.lessThan(1e-3);
    const again = await evaluateRun(path("run"), { checkpoint: "final" });
    expect(again.conditions).to.deep.equal(conditions);
    expect(again.rate).to.equal(stages.at(-1)?.sampled.rate);
    const seen = await evaluateRun(path("run"), { checkpoint: "final", episodes: 1, set: ["split=train"] });
    expect(seen.conditions).to.deep.equal({ ...conditions, split: "train" });
  }).timeout(300_000);
});
