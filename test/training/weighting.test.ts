import { expect } from "chai";
import type { ExperimentInput } from "../../ts/config.ts";
import type { EntropyTerm } from "../../ts/protocol/messages/objective.ts";
import type { Params } from "../../ts/protocol/messages.ts";
import { train } from "../../ts/train.ts";
import { type FakeWorker, int32s } from "../fake-worker.ts";
import { numberLineWorker, starting } from "../numberline-worker.ts";
import { smallExperiment } from "../small-experiment.ts";
import { temporaryFolder } from "../temporary-folder.ts";

type EntropyInput = NonNullable<ExperimentInput["entropy"]>;
type GradientInput = NonNullable<ExperimentInput["gradient"]>;

describe("per-token weighting", () => {
  const path = temporaryFolder();
  let runs = 0;

  async function trained(changes: Partial<ExperimentInput>): Promise<FakeWorker> {
    const worker = numberLineWorker();
    const experiment = smallExperiment({ iterations: 1, evaluation: { episodes: 2 }, ...changes });
    await train(experiment, { directory: path(`run-${runs++}`), startWorker: starting(worker) });
    return worker;
  }

  const strength = { coefficient: 0.1, reduction: "mean" } as const;
  const entropies: [Exclude<EntropyInput, { kind: "none" }>, EntropyTerm["weights"]][] = [
    [{ kind: "uniform", ...strength }, { kind: "uniform" }],
    [
      { kind: "causal", ...strength },
      { kind: "causal", floor: 0 },
    ],
    [
      { kind: "causal", floor: 0.2, ...strength },
      { kind: "causal", floor: 0.2 },
    ],
    [{ kind: "action", ...strength }, { kind: "action" }],
    [{ kind: "span", ...strength }, { kind: "span" }],
    [
      { kind: "high-entropy", ...strength },
      { kind: "high-entropy", share: 0.2 },
    ],
  ];
  for (const [entropy, weights] of entropies) {
    it(`of the entropy reaches the update: ${JSON.stringify(weights)}`, async () => {
      const worker = await trained({ entropy });
      const [update] = worker.paramsOf("updatePolicy");
      expect(update?.entropy).to.deep.equal({ weights, ...strength });
      expect(update?.gradient).to.deep.equal({ kind: "uniform" });
      expect(worker.paramsOf("weigh").length > 0).to.equal(entropy.kind === "causal");
    });
  }

  it("of no entropy at all sends no term", async () => {
    const worker = await trained({ entropy: { kind: "none" }, gradient: { kind: "action" } });
    const [update] = worker.paramsOf("updatePolicy");
    expect(update?.entropy).to.equal(null);
    expect(update?.gradient).to.deep.equal({ kind: "action" });
  });

  const gradients: [GradientInput, Params<"updatePolicy">["gradient"]][] = [
    // Sent with every default filled in.
    [{ kind: "uniform" }, { kind: "uniform" }],
    [{ kind: "causal" }, { kind: "causal", floor: 0 }],
    [{ kind: "action" }, { kind: "action" }],
    [{ kind: "span" }, { kind: "span" }],
    [{ kind: "high-entropy" }, { kind: "high-entropy", share: 0.2 }],
    [{ kind: "clip-cov" }, { kind: "clip-cov", share: 2e-4, low: 1, high: 5 }],
    [{ kind: "kl-cov" }, { kind: "kl-cov", share: 2e-3, coefficient: 1 }],
  ];
  for (const [gradient, term] of gradients) {
    it(`of the gradient reaches the update: ${JSON.stringify(term)}`, async () => {
      const worker = await trained({ gradient, entropy: { kind: "uniform", ...strength } });
      const [update] = worker.paramsOf("updatePolicy");
      expect(update?.gradient).to.deep.equal(term);
      expect(update?.entropy?.weights).to.deep.equal({ kind: "uniform" });
      expect(worker.paramsOf("weigh").length > 0).to.equal(gradient.kind === "causal");
    });
  }

  it("tells the worker where actions begin and which characters decide them", async () => {
    const worker = await trained({ entropy: { kind: "span", ...strength } });
    const [update] = worker.paramsOf("updatePolicy");
    if (update === undefined) throw new Error("expected an update");
    const spans = spansOf(update);
    expect(spans).to.have.length(update.stepIds.length);
    for (const [n, [start, stop]] of spans.entries()) {
      if (start < 0) continue;
      expect(stop - start).to.equal(1);
      expect(update.actionStarts[n] ?? Number.POSITIVE_INFINITY).to.be.lessThan(start);
    }
    expect(spans.filter(([start]) => start >= 0).length).to.be.greaterThan(6);
  });

  it("adapts α to the weighted entropy that the update measured", async () => {
    const target = { entropy: 2, rate: 0.5, largest: 1 };
    for (const [metric, measured, grows] of [
      ["loss/entropy", 1, true],
      ["loss/causal_entropy", 4, false],
    ] as const) {
      const worker = numberLineWorker();
      const kind = metric === "loss/entropy" ? "span" : "causal";
      const experiment = smallExperiment({ iterations: 3, entropy: { kind, coefficient: 0.1, target } });
      const start = starting(worker);
      await train(experiment, {
        directory: path(`run-${runs++}`),
        startWorker: async (...options) => {
          const { client, ...rest } = await start(...options);
          const call: typeof client.call = async (method, params, callOptions) => {
            const result = await client.call(method, params, callOptions);
            if (method === "updatePolicy") Object.assign((result as Measured).metrics, { [metric]: measured });
            return result;
          };
          return { ...rest, client: { call } };
        },
      });
      const coefficients = worker.paramsOf("updatePolicy").map(({ entropy }) => entropy?.coefficient ?? 0);
      // The gap is ½ of the larger of the two, so log α moves by 0.25 an iteration.
      const step = Math.exp(grows ? 0.25 : -0.25);
      expect(coefficients).to.have.length(3);
      for (const [n, coefficient] of coefficients.entries()) expect(coefficient).to.be.closeTo(0.1 * step ** n, 1e-9);
    }
  });
});

interface Measured {
  metrics: Record<string, number>;
}

function spansOf({ actionSpans }: Params<"updatePolicy">): [number, number][] {
  const flat = [...int32s(actionSpans)];
  return Array.from({ length: flat.length / 2 }, (_, n) => [flat[2 * n] ?? -1, flat[2 * n + 1] ?? -1]);
}
