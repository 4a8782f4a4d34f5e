import { expect } from "chai";
import fc from "fast-check";
import { applyOverrides } from "../../ts/config/overrides.ts";
import { ConfigError } from "../../ts/errors.ts";

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

  it("refuses what names no path", () => {
    for (const override of ["clip", "=1", "a..b=1"]) {
      expect(() => applyOverrides({}, [override])).to.throw(ConfigError, "key.path=value");
    }
  });
});
