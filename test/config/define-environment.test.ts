import { expect } from "chai";
import { z } from "zod";
import { defineEnvironment } from "../../ts/config/define-environment.ts";
import type { Environment, EnvironmentDefinition } from "../../ts/environments/environment.ts";
import { environmentDefinition } from "../../ts/environments/registry.ts";
import { ConfigError, EnvironmentError } from "../../ts/errors.ts";
import { ladder } from "../environments/ladder.ts";

const module = import.meta.url;
/** Other tests, which try every environment with its default settings, leave it alone. */
const own = { ...ladder, settings: z.strictObject({ of: z.literal("this test") }) };
let numDefined = 0;

describe("an environment of one's own", () => {
  it("is known by its id once it is defined, typed as it is", () => {
    const defined = defineEnvironment({ ...own, module, id: "ladder-defined" });
    expect(environmentDefinition("ladder-defined")).to.equal(defined);
    expect(defined).to.include({ module, summary: ladder.summary });
  });

  it("replaces itself when its module is loaded again, and nothing else", () => {
    const definition = { ...own, id: "ladder-again" };
    defineEnvironment({ ...definition, module });
    const again = defineEnvironment({ ...definition, module });
    expect(environmentDefinition("ladder-again")).to.equal(again);
    expect(() => defineEnvironment({ ...definition, module: "file:///elsewhere.ts" })).to.throw(
      ConfigError,
      `the id is taken by ${module}`,
    );
    expect(() => defineEnvironment({ ...own, module, id: "numberline" })).to.throw(
      ConfigError,
      "numberline: the id is taken by an environment of this package",
    );
  });

  const wrong: [what: object, words: string][] = [
    [{ module: "ladder.ts" }, 'module: expected import.meta.url of the file that defines it, received "ladder.ts"'],
    [{ module: undefined }, "module: missing; expected string"],
    [{ id: "My Game" }, 'id: expected lower-case letters, digits and dashes, received "My Game"'],
    [{ summary: "two\nlines" }, "summary: expected one line of text"],
    [
      { settings: {} },
      "settings: expected a zod schema, such as z.strictObject({}), of an experiment's environment.settings",
    ],
    [{ create: undefined }, "create: expected a function"],
    [{ demonstrations: { generate: () => [] } }, "demonstrations.quality: expected a zod schema"],
    [{ demonstrations: { quality: z.strictObject({}) } }, "demonstrations.generate: expected a function"],
    [{ demonstration: {} }, "demonstration: no such setting; did you mean `demonstrations`?"],
  ];
  for (const [what, words] of wrong) {
    it(`is refused with a line that says ${words}`, () => {
      const given = { ...own, module, id: "ladder-wrong", ...what } as EnvironmentDefinition & { module: string };
      expect(() => defineEnvironment(given)).to.throw(ConfigError, `invalid environment definition:\n  ${words}`);
      expect(() => environmentDefinition("ladder-wrong")).to.throw(ConfigError);
    });
  }

  it("makes environments that are looked at as they are made", () => {
    const id = `ladder-made-${numDefined++}`;
    const { create } = defineEnvironment({ ...own, module, id });
    expect(() => create({ of: "this test" })).to.throw(
      EnvironmentError,
      `spec.id: expected "${id}", received "ladder"`,
    );
  });

  const malformed: [change: (right: Environment) => object, words: string][] = [
    [({ spec }) => ({ spec: { ...spec, horizon: 0 } }), "spec.horizon: expected at least 1, received 0"],
    [({ spec }) => ({ spec: { ...spec, factors: [] } }), "spec.factors: expected at least 1"],
    [
      ({ spec }) => ({ spec: { ...spec, factors: [{ name: "action", labels: ["a", "a"] }] } }),
      "expected distinct labels",
    ],
    [
      ({ spec }) => ({ spec: { ...spec, factors: [{ name: "action", labels: ["up", "invalid"] }] } }),
      'spec.factors.0.labels: expected no label "invalid", which every factor gets',
    ],
    [() => ({ restore: undefined }), "restore: expected a function"],
  ];
  for (const [change, words] of malformed) {
    it(`says of one that is none: ${words}`, () => {
      const id = `ladder-made-${numDefined++}`;
      const create = (): Environment => {
        const right = ladder.create({});
        const spec = { ...right.spec, id };
        return Object.assign(Object.create(right) as Environment, { spec }, change({ ...right, spec }));
      };
      const definition = defineEnvironment({ ...own, module, id, create });
      expect(() => definition.create({ of: "this test" })).to.throw(EnvironmentError, words);
    });
  }
});
