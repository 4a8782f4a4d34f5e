import { expect } from "chai";
import { boundSeconds, decodeBytes, learningFlops } from "../../ts/plan/arithmetic.ts";
import { cardNamed } from "../../ts/plan/cards.ts";
import { KNOWN_SHAPES } from "../../ts/plan/shapes.ts";

const shape = KNOWN_SHAPES["llava-hf/llava-v1.6-mistral-7b-hf"];
if (shape === undefined) throw new RangeError("LLaVA is known");
const h100 = cardNamed("h100");
const plain = { computeBytes: 2, adapters: null } as const;

describe("what bounds a 7B policy on an H100", () => {
  const decodeSeconds = (rows: number, context: number) => decodeBytes(shape, plain, rows, context) / h100.bandwidth;

  it("is bandwidth when it speaks: about 14.5 GB and 4.3 ms a step", () => {
    expect(decodeBytes(shape, plain, 1, 0) / 1e9).to.be.closeTo(14.5, 0.3);
    expect(decodeSeconds(1, 0) * 1e3).to.be.closeTo(4.3, 0.1);
  });

  it("allows about 219 tokens/s at batch 1 and 6,260 at batch 32", () => {
    expect(1 / decodeSeconds(1, 600)).to.be.within(219, 219 * 1.08);
    expect(32 / decodeSeconds(32, 600)).to.be.within(6260 * 0.97, 6260 * 1.05);
  });

  it("is arithmetic when it learns: about 31,000 tokens/s with adapters", () => {
    const adapters = { rank: 128, targets: "everything" } as const;
    const how = { computeBytes: 2, adapters, recomputes: false, hasReference: false, learnsVision: true } as const;
    const batch = { rows: 1, sequence: 1400, utterance: 100, visionTokens: 0 };
    const seconds = boundSeconds(learningFlops(shape, how, batch), h100, 2);
    expect(batch.sequence / seconds).to.be.within(31_000 * 0.95, 31_000 * 1.05);
  });

  it("leaves the paper's rollouts at under 2 % of the batch-32 bound", () => {
    // Table D.1: 10.4 hours of rollouts, for 15,000 steps of at most 256 tokens.
    const paper = (15_000 * 256) / (10.4 * 3600);
    expect(paper / (32 / decodeSeconds(32, 600))).to.be.within(0.014, 0.018);
  });

  it("grows with recomputing and with a reference by a forward pass each", () => {
    const how = { ...plain, recomputes: false, hasReference: false, learnsVision: false };
    const batch = { rows: 2, sequence: 100, utterance: 10, visionTokens: 0 };
    const learning = learningFlops(shape, how, batch).base;
    expect(learningFlops(shape, { ...how, recomputes: true }, batch).base / learning).to.be.closeTo(4 / 3, 1e-9);
    const both = { ...how, recomputes: true, hasReference: true };
    expect(learningFlops(shape, both, batch).base / learning).to.be.closeTo(5 / 3, 1e-9);
  });
});
