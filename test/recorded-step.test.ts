import { expect } from "chai";
import { type RecordedStep, recordedStep } from "../ts/recorded-step.ts";

const base = {
  utterance: "?",
  parse: {
    kind: "invalid",
    reason: "no-action-key",
    fallback: { kind: "random", among: ["look", "go to desk 1"] },
  } as const,
  action: "look",
  result: { observation: { prompt: "later" }, reward: -1, terminated: false, truncated: false, info: {} },
};

describe("recordedStep", () => {
  it("keeps what was executed, not what else could have been", () => {
    expect(
      recordedStep({ ...base, observation: { prompt: "a" } }, "images/x.png", [], { id: 7, value: 0.25 }),
    ).to.deep.equal({
      id: 7,
      prompt: "a",
      utterance: "?",
      parse: { kind: "invalid", reason: "no-action-key" },
      action: "look",
      reward: -1,
      value: 0.25,
      image: "images/x.png",
    });
  });

  it("keeps a prompt where it changes", () => {
    const steps: RecordedStep[] = [];
    for (const prompt of ["a", "a", "a", "b", "b", "a"])
      steps.push(recordedStep({ ...base, observation: { prompt } }, null, steps, null));
    expect(steps.map(({ prompt }) => prompt)).to.deep.equal(["a", null, null, "b", null, "a"]);
  });
});
