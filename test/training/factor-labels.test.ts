import { expect } from "chai";
import { EnvironmentError } from "../../ts/errors.ts";
import type { ParseResult } from "../../ts/parsing/parse.ts";
import { factorsWithInvalid, labelTensor } from "../../ts/training/factor-labels.ts";
import { int32s } from "../fake-worker.ts";

describe("labelTensor", () => {
  const factors = [
    { name: "verb", labels: ["take", "open"] },
    { name: "object", labels: ["mug", "door", "key"] },
  ];
  const action = (verb: string, object: string): ParseResult => ({
    kind: "action",
    action: `${verb} ${object}`,
    factors: { verb, object },
    span: [0, 4],
  });
  const invalid: ParseResult = {
    kind: "invalid",
    reason: "no-legal-action",
    fallback: { kind: "fixed", action: "take mug" },
  };

  it("labels an invalid utterance as invalid in every factor, never by its fallback", () => {
    const labels = labelTensor(factors, [action("open", "key"), invalid, action("take", "mug")]);
    expect(labels.shape).to.deep.equal([3, 2]);
    expect([...int32s(labels)]).to.deep.equal([1, 2, 2, 3, 0, 0]);
    expect(factorsWithInvalid(factors).map((factor) => factor.labels.at(-1))).to.deep.equal(["invalid", "invalid"]);
  });

  it("refuses a label outside the closed set", () => {
    expect(() => labelTensor(factors, [action("open", "window")])).to.throw(EnvironmentError, "window");
  });
});
