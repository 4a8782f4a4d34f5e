import { expect } from "chai";
import { actionUtterances } from "../../ts/environments/action-utterances.ts";
import type { Environment, EnvironmentSpec } from "../../ts/environments/environment.ts";
import { environmentDefinition } from "../../ts/environments/registry.ts";
import { ConfigError } from "../../ts/errors.ts";
import { parseKeyedAction } from "../../ts/parsing/keyed-action.ts";
import type { ParseResult } from "../../ts/parsing/parse.ts";

describe("actionUtterances", () => {
  const create = (id: string): Environment => {
    const { create, settings } = environmentDefinition(id);
    return create(settings.parse({}));
  };
  const spec: EnvironmentSpec = {
    id: "lamp",
    horizon: 1,
    showsImages: true,
    factors: [{ name: "action", labels: ["on", "off"] }],
  };
  const parse = (utterance: string): ParseResult => parseKeyedAction(utterance, ["on", "off"]);
  const refused = (environment: Pick<Environment, "spec" | "parse">, words: string) =>
    expect(() => actionUtterances(environment)).to.throw(ConfigError, words);

  it("says every action of every card game so that its f^parse reads that action", () => {
    for (const id of ["numberline", "blackjack", "ezpoints", "points24"]) {
      const environment = create(id);
      const labels = environment.spec.factors[0]?.labels;
      const read = actionUtterances(environment).map((utterance) => environment.parse(utterance, { prompt: "" }));
      expect(read.map((parsed) => (parsed.kind === "action" ? parsed.action : parsed.reason))).to.deep.equal(labels);
    }
    expect(actionUtterances(create("numberline"))).to.deep.equal(['{"action": "-"}', '{"action": "+"}']);
  });

  it("names what an environment lacks", () => {
    refused({ spec: { ...spec, showsImages: false }, parse }, "`lamp` shows no images");
    refused(create("elevator"), "`elevator` has 3");
    refused({ spec: { ...spec, factors: [] }, parse }, "`lamp` has 0");
  });

  it("refuses an environment that reads an utterance as another action, or as none", () => {
    const dim = { ...spec, factors: [{ name: "action", labels: ["on", "off", "dim"] }] };
    refused({ spec: dim, parse }, '{"action": "dim"} for action "dim", and `lamp` reads it as no-legal-action');
    refused({ spec, parse: () => parse('"action": "off"') }, 'reads it as {"action":"off"}');
  });
});
