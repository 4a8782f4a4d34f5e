import { expect } from "chai";
import autoui from "../../experiments/phone/autoui-digirl.ts";
import { applyOverrides } from "../../ts/config/overrides.ts";
import { defineExperiment, methodName } from "../../ts/config.ts";

describe("experiments/phone/autoui-digirl.ts", () => {
  it("is CoSo on DigiRL's AWR, at the paper's numbers", () => {
    expect(methodName(autoui)).to.equal("CoSo (offline-to-online AWR)");
    expect(autoui.policy).to.include({ kind: "autoui" });
    expect(autoui.sampling).to.include({ temperature: 1, maxNewTokens: 128 });
    expect(autoui.entropy).to.include({ kind: "causal", coefficient: 1, reduction: "mean" });
    expect(autoui.scm).to.have.nested.property("online.learningRate", 1e-5);
    expect(autoui.environment.settings).to.include({ horizon: 10, format: "autoui", history: 1, prompt: "autoui" });
  });

  it("turns into the table's other rows by the settings that it names", () => {
    const row = (...set: string[]) => methodName(defineExperiment(applyOverrides(autoui, set) as typeof autoui));
    const digirl = ['entropy={"kind":"none"}', "scm=null"];
    expect(row(...digirl)).to.equal("RL (offline-to-online AWR)");
    expect(row(...digirl, "algorithm.critics=null", "algorithm.mode=online")).to.equal("RL (filtered BC)");
    expect(row(...digirl, "iterations=0", "algorithm.mode=online")).to.equal("zero-shot");
  });
});
