import { writeFileSync } from "node:fs";
import { expect } from "chai";
import { ConfigError } from "../../ts/errors.ts";
import { imageTokens } from "../../ts/plan/image-tokens.ts";
import { adapterParameters, parametersOf, valueHeadParameters } from "../../ts/plan/parameters.ts";
import { shapeOf } from "../../ts/plan/read-shape.ts";
import { KNOWN_SHAPES, type ModelShape } from "../../ts/plan/shapes.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const LLAVA = "llava-hf/llava-v1.6-mistral-7b-hf";

function known(name: string): ModelShape {
  const shape = KNOWN_SHAPES[name];
  if (shape === undefined) throw new RangeError(name);
  return shape;
}

function checkpoint(path: string): Parameters<typeof shapeOf>[0] {
  const settings = { isVisionFrozen: true, gradientCheckpointing: false, attention: "sdpa", lora: null } as const;
  return { kind: "checkpoint", path, ...settings };
}

describe("known shapes", () => {
  it("have as many weights as transformers 5.23 builds from their configurations", () => {
    const total = (name: string) => {
      const { text, vision, projector } = parametersOf(known(name));
      return text + vision + projector;
    };
    // sum(p.numel()) of each model on torch's meta device.
    expect(total(LLAVA)).to.equal(7_566_747_648);
    expect(total("Qwen/Qwen2.5-VL-7B-Instruct")).to.equal(8_292_166_656);
    expect(total("Qwen/Qwen2.5-VL-3B-Instruct")).to.equal(3_754_622_976);
    expect(total("Qwen/Qwen2.5-7B-Instruct")).to.equal(7_615_616_512);
  });

  it("come to the paper's 7.96B with RL4VLM's adapters, which are everywhere", () => {
    const adapters = adapterParameters(known(LLAVA), { rank: 128, targets: "everything" });
    expect((7_566_747_648 + adapters.text + adapters.vision) / 1e9).to.be.closeTo(7.96, 0.005);
    const language = adapterParameters(known(LLAVA), { rank: 128, targets: "language" });
    expect((7_566_747_648 + language.text) / 1e9).to.be.closeTo(7.9, 0.005);
    expect(valueHeadParameters(4096)).to.equal(4097 * 1024 + 1025 * 512 + 513);
  });
});

describe("imageTokens", () => {
  it("is LlavaNextProcessor's number at every proportion", () => {
    const { vision } = known(LLAVA);
    if (vision === null) throw new RangeError("LLaVA sees");
    // LlavaNextProcessor._get_num_multimodal_tokens, transformers 5.23, with the published pinpoints.
    const expected = [
      [300, 300, 1176],
      [336, 336, 1176],
      [480, 640, 2340],
      [1000, 300, 2232],
      [224, 224, 1176],
      [64, 64, 1176],
      [700, 650, 2736],
    ] as const;
    for (const [height, width, tokens] of expected) {
      expect(imageTokens(vision, { height, width }).prompt, `${height}×${width}`).to.equal(tokens);
    }
    // An overview and two tiles of 24 × 24 patches, each with a class token.
    expect(imageTokens(vision, { height: 300, width: 300 }).vision).to.equal(3 * 577);
  });

  it("is Qwen2VLImageProcessor's number of patches, a quarter of them in the prompt", () => {
    const { vision } = known("Qwen/Qwen2.5-VL-7B-Instruct");
    if (vision === null) throw new RangeError("Qwen2.5-VL sees");
    // get_number_of_image_patches, transformers 5.23.
    for (const [height, width, patches] of [
      [300, 300, 484],
      [480, 640, 1564],
      [1080, 2280, 4896],
    ] as const) {
      expect(imageTokens(vision, { height, width })).to.deep.equal({ prompt: patches / 4, vision: patches });
    }
  });
});

describe("shapeOf", () => {
  const path = temporaryFolder();
  const write = (config: unknown, file = "config.json"): string => {
    writeFileSync(path(file), JSON.stringify(config));
    return path("");
  };

  it("reads the configuration that LLaVA-1.6 was published with, and what it leaves to defaults", () => {
    const folder = write({
      model_type: "llava_next",
      text_config: { model_type: "mistral", max_position_embeddings: 32_768, vocab_size: 32_064 },
      vision_config: {
        hidden_size: 1024,
        image_size: 336,
        intermediate_size: 4096,
        num_attention_heads: 16,
        num_hidden_layers: 24,
        patch_size: 14,
      },
      image_grid_pinpoints: [
        [336, 672],
        [672, 336],
        [672, 672],
        [1008, 336],
        [336, 1008],
      ],
    });
    const { source, ...shape } = shapeOf(checkpoint(folder));
    const { source: _, ...expected } = known(LLAVA);
    expect(shape).to.deep.equal(expected);
    expect(source).to.contain("config.json");
  });

  it("reads a text model, and says what it does not know", () => {
    const folder = write({ model_type: "qwen2", hidden_size: 64, num_attention_heads: 4, tie_word_embeddings: true });
    expect(shapeOf(checkpoint(folder)))
      .to.deep.include({ vision: null })
      .and.to.have.nested.property("text.headSize", 16);
    expect(() => shapeOf(checkpoint(write({ model_type: "gpt2" })))).to.throw(ConfigError, "is a gpt2");
    expect(() => shapeOf(checkpoint("somebody/unheard-of"))).to.throw(ConfigError, "download the checkpoint");
    const autoui = { kind: "autoui", path: "models/Auto-UI-Base", vision: "models/blip2" } as const;
    expect(() => shapeOf(autoui)).to.throw(ConfigError, 'policy.kind: plans know decoders alone, and "autoui"');
    writeFileSync(path("config.json"), "{");
    expect(() => shapeOf(checkpoint(path("")))).to.throw(ConfigError, "no valid JSON");
  });
});
