import { expect } from "chai";
import { numberLine } from "../../ts/environments/numberline/numberline.ts";
import {
  environmentDefinition,
  environmentDefinitions,
  environmentIds,
  environmentSettings,
  registerEnvironment,
} from "../../ts/environments/registry.ts";
import { ConfigError } from "../../ts/errors.ts";
import { ladder } from "./ladder.ts";

describe("registry of environments", () => {
  it("knows definitions by their ids", () => {
    expect(environmentIds()).to.include("numberline");
    expect(environmentDefinition("numberline")).to.equal(numberLine);
    expect(environmentDefinitions().map(({ id }) => id)).to.have.members(environmentIds());
    for (const { id, create, settings } of environmentDefinitions().filter(({ module }) => module === undefined)) {
      expect(create(settings.parse({})).spec.id).to.equal(id);
    }
  });

  it("lists what it knows when an id is unknown", () => {
    expect(() => environmentDefinition("numberlin")).to.throw(
      ConfigError,
      /environment\.id: expected one of .*numberline.*, got "numberlin"/,
    );
  });

  it("fills defaults in, and names the settings that are wrong", () => {
    expect(environmentSettings(numberLine, {})).to.deep.equal({ prompt: "full" });
    expect(environmentSettings(numberLine, { prompt: "brief" })).to.deep.equal({ prompt: "brief" });
    expect(() => environmentSettings(numberLine, { promt: "brief" })).to.throw(ConfigError, /numberline:\n.*promt/s);
    expect(() => environmentSettings(numberLine, { prompt: "long" })).to.throw(ConfigError, /"full", "brief".*prompt/s);
    expect(() => environmentSettings(numberLine, 7)).to.throw(ConfigError, "expected object");
  });

  it("takes an environment of one's own, typed as it is, once", () => {
    const own = { ...ladder, id: "ladder-of-one's-own" };
    for (const definition of [numberLine, own]) registerEnvironment(definition);
    expect(environmentDefinition(own.id)).to.equal(own);
    expect(environmentIds()).to.include(own.id);
    expect(() => registerEnvironment(own)).not.to.throw();
    expect(() => registerEnvironment({ ...ladder, id: "numberline" })).to.throw(ConfigError, "the id is taken");
    expect(environmentDefinition("numberline")).to.equal(numberLine);
  });
});
