import { readdirSync } from "node:fs";
import { expect } from "chai";
import { methodName } from "../../ts/config/method.ts";
import { loadExperiment } from "../../ts/config.ts";
import { UNIFORM_ENTROPY } from "../../ts/presets/rl4vlm.ts";

const FOLDER = new URL("../../experiments/gym-cards/", import.meta.url);
const GAMES = ["blackjack", "ezpoints", "numberline", "points24"];

describe("experiments/gym-cards", () => {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith("-7b.ts") && name !== "coso-7b.ts");
  const load = (file: string, set: string[] = []) => loadExperiment(new URL(file, FOLDER).pathname, { set });

  it("has one experiment of the paper's size a game, each of which is valid CoSo", async () => {
    expect(files.sort()).to.deep.equal(GAMES.map((game) => `${game}-7b.ts`));
    for (const [index, file] of files.entries()) {
      const experiment = await load(file);
      expect(experiment.environment.id).to.equal(GAMES[index]);
      expect(experiment.name).to.equal(`coso-${GAMES[index]}-7b`);
      expect(methodName(experiment)).to.equal("CoSo");
      expect(experiment.policy).to.include({ kind: "checkpoint", path: "llava-hf/llava-v1.6-mistral-7b-hf" });
    }
  });

  it("has the row CNN + RL for every game, with the paper's environment steps", async () => {
    for (const game of GAMES) {
      const experiment = await load(`${game}-cnn.ts`);
      expect(experiment.environment.id).to.equal(game);
      expect(methodName(experiment)).to.equal("CNN + RL");
      const { iterations, rollout } = experiment;
      const stepsPerIteration = rollout.environments * rollout.stepsPerEnvironment;
      expect(15_000 - iterations * stepsPerIteration).to.be.within(0, stepsPerIteration - 1);
    }
  });

  it("has the games beside the quickstart's at the size of a laptop", async () => {
    for (const game of ["blackjack", "ezpoints", "points24"]) {
      const experiment = await load(`${game}.ts`);
      expect(experiment).to.deep.include({ name: game, environment: { id: game, settings: { prompt: "brief" } } });
      expect(experiment.policy.kind).to.equal("embedded");
      expect(methodName(experiment)).to.equal("CoSo");
    }
  });

  it("takes a checkpoint of one's own, and the paper's other rows, from the command line", async () => {
    const { policy, sft } = await load("numberline-7b.ts", ["policy.path=models/my-sft", "sft=null"]);
    expect(policy).to.include({ path: "models/my-sft" });
    expect(sft).to.equal(null);
    expect(methodName(await load("numberline-7b.ts", [`entropy=${JSON.stringify(UNIFORM_ENTROPY.entropy)}`]))).to.equal(
      "RL+H",
    );
    expect(methodName(await load("numberline-7b.ts", ['entropy={"kind":"none"}']))).to.equal("RL");
  });
});
