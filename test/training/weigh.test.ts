import { expect } from "chai";
import { readFloat32 } from "../../ts/protocol/tensor.ts";
import { train } from "../../ts/train.ts";
import { numberLineWorker, starting } from "../numberline-worker.ts";
import { smallExperiment } from "../small-experiment.ts";
import { temporaryFolder } from "../temporary-folder.ts";

describe("weighing", () => {
  const path = temporaryFolder();

  async function weighed(weights: Parameters<typeof smallExperiment>[0], name: string) {
    const worker = numberLineWorker();
    await train(smallExperiment(weights), {
      directory: path(name),
      startWorker: starting(worker),
    });
    return worker;
  }

  it("by f^parse itself needs no SCM: the worker is handed 0 and 1, one a token", async () => {
    const worker = await weighed({ weights: { kind: "exact" }, scm: null }, "exact");
    expect(worker.paramsOf("build")[0]?.scm).to.equal(null);
    expect(worker.paramsOf("fitScm")).to.have.length(0);
    const [first] = worker.paramsOf("weigh");
    if (first?.method.kind !== "given") throw new Error(`expected given weights, got ${first?.method.kind}`);
    const values = readFloat32(first.method.weights);
    expect(new Set(values)).to.deep.equal(new Set([0, 1]));
    expect(values.filter((weight) => weight === 1).length / values.length).to.be.lessThan(0.5);
  });

  it("through the policy tells the worker which characters decide", async () => {
    const worker = await weighed({ weights: { kind: "policy" } }, "policy");
    const [first] = worker.paramsOf("weigh");
    if (first?.method.kind !== "policy") throw new Error(`expected policy weights, got ${first?.method.kind}`);
    expect(first.method.spans.shape).to.deep.equal([first.stepIds.length, 2]);
    expect(first.method.temperature).to.equal(0.5);
  });

  it("draws its chance from a stream of its own, another each iteration", async () => {
    const worker = await weighed({ weights: { kind: "hierarchical" } }, "hierarchical");
    const seeds = worker.paramsOf("weigh").map(({ seed }) => seed);
    expect(new Set(seeds).size).to.equal(seeds.length);
  });
});
