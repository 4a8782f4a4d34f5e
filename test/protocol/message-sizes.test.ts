import { encode } from "@msgpack/msgpack";
import { expect } from "chai";
import { environmentDefinition, environmentSettings } from "../../ts/environments/registry.ts";
import { checkResult, encodeRequest } from "../../ts/protocol/codec.ts";
import { float32Tensor } from "../../ts/protocol/tensor.ts";
import { packObservations } from "../../ts/worker/observations.ts";

const STEPS = 16;
const each = <Value>(of: (index: number) => Value): Value[] => Array.from({ length: STEPS }, (_, index) => of(index));

/** docs/scaling.md says when a link is full, from these. */
describe("bytes on the wire for one environment step", () => {
  const ids = each((index) => 100_000 + index);
  const zeros = float32Tensor(each(() => 0));

  it("are the pixels, 270,000 of them for 300×300, and the prompt", async () => {
    const definition = environmentDefinition("numberline");
    const environment = definition.create(environmentSettings(definition, {}));
    const { prompt, image } = await environment.reset({ seed: 0 });
    if (image === undefined) throw new RangeError("NumberLine shows images");
    const { batch, frames } = packObservations(each(() => ({ prompt, image: { ...image, rgb: image.rgb.slice() } })));
    const how = { temperature: 1, greedy: false, maxNewTokens: 256, seed: 0, policy: "present" as const };
    const message = encodeRequest(1, "act", { observations: batch, stepIds: ids, ...how });
    expect(frames.reduce((sum, { byteLength }) => sum + byteLength, 0) / STEPS).to.equal(270_000);
    expect(message.byteLength / STEPS - prompt.length).to.be.within(5, 30);
    expect(prompt.length).to.be.within(350, 600);
  });

  it("are the utterance and some 20 more on the way back", () => {
    const utterance = "x".repeat(270);
    const result = checkResult("act", {
      utterances: each(() => utterance),
      tokenCounts: each(() => 100),
      finished: each(() => true),
      logProbs: zeros,
      values: zeros,
    });
    const bytes = encode({ id: 1, kind: "result", result }).byteLength / STEPS;
    expect(bytes - utterance.length).to.be.within(10, 30);
  });

  it("are some 30 to learn from it: tokens and pixels stay where they are", () => {
    const spans = { dtype: "int32", shape: [STEPS, 2], data: new Uint8Array(8 * STEPS) };
    const params = {
      stepIds: ids,
      advantages: zeros,
      returns: zeros,
      actionStarts: each(() => 250),
      actionSpans: spans,
    };
    expect(encode(params).byteLength / STEPS).to.be.within(20, 40);
  });
});
