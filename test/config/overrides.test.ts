import { expect } from "chai";
import fc from "fast-check";
import { applyOverrides, overriddenExperiment, withSetting } from "../../ts/config/overrides.ts";
import { defineExperiment, type Experiment } from "../../ts/config.ts";
import { ConfigError } from "../../ts/errors.ts";
import { smallExperiment } from "../small-experiment.ts";

describe("applyOverrides", () => {
  it("reads values as JSON where they are, else as text, and leaves the rest alone", () => {
    const base = { a: { b: 1, c: [2] }, d: null };
    expect(applyOverrides(base, ["a.b=0.5", "d=brief", "e=[1]", "f=null", "g=x=y"])).to.deep.equal({
      a: { b: 0.5, c: [2] },
      d: "brief",
      e: [1],
      f: null,
      g: "x=y",
    });
    expect(base).to.deep.equal({ a: { b: 1, c: [2] }, d: null });
  });

  it("opens an object where there was null", () => {
    expect(applyOverrides({ kl: null }, ["kl.coefficient=0.1"])).to.deep.equal({ kl: { coefficient: 0.1 } });
  });

  it("sets exactly the path named, for any JSON value", () => {
    const key = fc.stringMatching(/^[a-z]{1,5}$/);
    fc.assert(
      fc.property(fc.array(key, { minLength: 1, maxLength: 3 }), fc.jsonValue(), (path, value) => {
        const json: unknown = JSON.parse(JSON.stringify(value));
        const changed = applyOverrides({}, [`${path.join(".")}=${JSON.stringify(value)}`]);
        const found = path.reduce<unknown>((node, name) => Reflect.get(node as object, name), changed);
        expect(found).to.deep.equal(json);
      }),
    );
  });

  it("sets another kind without what only the one before had", () => {
    const set = (...overrides: string[]) => overriddenExperiment(smallExperiment(), overrides) as Experiment;
    expect(defineExperiment(set("worker.engine.kind=vllm")).worker.engine).to.include({ kind: "vllm", sleep: false });
    // What both have stays as it was, and the order of settings does not matter.
    const { entropy } = set("entropy.coefficient=0.3", "entropy.kind=uniform");
    expect(entropy).to.include({ kind: "uniform", coefficient: 0.3, schedule: "linear" });
    const sleepy = set("worker.engine.sleep=true", "worker.engine.kind=vllm");
    expect(sleepy.worker.engine).to.include({ sleep: true });
    expect(() => defineExperiment(set("worker.engine.slep=true", "worker.engine.kind=vllm"))).to.throw("`sleep`");
    // Of a kind that there is none of nothing is taken away: the error names it.
    expect(() => defineExperiment(set("worker.engine.kind=vlm"))).to.throw('expected "transformers" | "vllm"');
    const swept = withSetting(smallExperiment(), "worker.engine.kind", "vllm");
    expect(defineExperiment(swept as Experiment).worker.engine.kind).to.equal("vllm");
  });

  it("refuses what names no path", () => {
    for (const override of ["clip", "=1", "a..b=1"]) {
      expect(() => applyOverrides({}, [override])).to.throw(ConfigError, "key.path=value");
    }
  });
});
