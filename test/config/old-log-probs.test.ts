import { expect } from "chai";
import { oldLogProbsOf } from "../../ts/config/old-log-probs.ts";
import { smallExperiment } from "../small-experiment.ts";

describe("oldLogProbsOf", () => {
  const bfloat16 = { worker: { dtype: "bfloat16" }, guards: { maxLogProbGap: null } } as const;

  it("spares the pass where sampling and learning differ by rounding in float32 alone", () => {
    expect(oldLogProbsOf(smallExperiment())).to.equal("sampled");
    expect(oldLogProbsOf(smallExperiment(bfloat16))).to.equal("recomputed");
  });

  it("does what it is told", () => {
    expect(oldLogProbsOf(smallExperiment({ mismatch: { oldLogProbs: "recomputed" } }))).to.equal("recomputed");
    expect(oldLogProbsOf(smallExperiment({ ...bfloat16, mismatch: { oldLogProbs: "sampled" } }))).to.equal("sampled");
  });
});
