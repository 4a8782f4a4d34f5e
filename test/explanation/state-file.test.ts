import { expect } from "chai";
import { environmentDefinition } from "../../ts/environments/registry.ts";
import { ConfigError } from "../../ts/errors.ts";
import { chosenState, observationIn, readStateFile } from "../../ts/explanation/state-file.ts";
import { smallExperiment } from "../small-experiment.ts";

const refused = (text: string): string => {
  try {
    chosenState(text, "state.json");
  } catch (error) {
    expect(error).to.be.instanceOf(ConfigError);
    return String(error);
  }
  throw new Error(`${text} was taken`);
};

describe("a state file", () => {
  const run = { experiment: smallExperiment(), definition: environmentDefinition("numberline") };

  it("names the start of an episode, or the middle of one", () => {
    expect(chosenState('{"reset": {"options": {"current": 4}}}', "f")).to.deep.equal({
      kind: "reset",
      seed: 0,
      options: { current: 4 },
    });
    expect(chosenState('{"state": {"current": 4, "target": 1, "steps": 2}}', "f")).to.deep.equal({
      kind: "state",
      state: { current: 4, target: 1, steps: 2 },
    });
  });

  it("shows what the agent sees there", async () => {
    const pinned = await observationIn(run, { kind: "reset", seed: 5, options: { current: 4, target: 1 } }, "f");
    const restored = await observationIn(run, { kind: "state", state: { current: 4, target: 1, steps: 2 } }, "f");
    const other = await observationIn(run, { kind: "state", state: { current: 1, target: 4, steps: 2 } }, "f");
    expect(restored.image?.rgb).to.deep.equal(pinned.image?.rgb);
    expect(other.image?.rgb).to.not.deep.equal(pinned.image?.rgb);
  });

  it("is refused with the field, what was expected and the nearest name", () => {
    expect(refused("current: 4")).to.include("no JSON").and.to.include('expected {"reset"');
    expect(refused("[]")).to.include("got []");
    expect(refused("{}")).to.include("neither reset nor state");
    expect(refused('{"reset": {}, "state": {}}')).to.include("both");
    expect(refused('{"resets": {}}')).to.include("did you mean `reset`?");
    expect(refused('{"reset": {"option": {}}}')).to.include("reset.option: no such setting; did you mean `options`?");
    expect(refused('{"reset": {"seed": -1}}')).to.include("reset.seed: expected at least 0, received -1");
  });

  it("is refused where the environment cannot be in that state", async () => {
    const problem = (state: Parameters<typeof observationIn>[1]): Promise<unknown> =>
      observationIn(run, state, "state.json").catch((error: unknown) => error);
    for (const state of [
      { kind: "reset", seed: 0, options: { curent: 4 } } as const,
      { kind: "state", state: { current: 9, target: 1, steps: 0 } } as const,
    ]) {
      const error = await problem(state);
      expect(error).to.be.instanceOf(ConfigError);
      expect(String(error)).to.match(/--state state\.json: numberline/);
    }
  });

  it("must be there", async () => {
    const error = await readStateFile("/no/such/state.json").catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(ConfigError);
    expect(String(error)).to.include("--state /no/such/state.json");
  });
});
