import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { execa } from "execa";
import { defineExperiment, type Experiment, type ExperimentInput } from "../../ts/config.ts";
import { keptEdgeBytes, keptTextBytes, keptVisionBytes } from "../../ts/plan/activations.ts";
import { imageTokens } from "../../ts/plan/image-tokens.ts";
import { hasLearningVision, learningOf } from "../../ts/plan/learning.ts";
import { residentMemory } from "../../ts/plan/memory.ts";
import { shapeOf } from "../../ts/plan/read-shape.ts";
import { pythonCommand, pythonEnvironment } from "../../ts/processes/python-command.ts";
import { smallExperiment } from "../small-experiment.ts";
import { temporaryFolder } from "../temporary-folder.ts";

/** As `torch_bytes.py` has them. */
const ROWS = 4;
const UTTERANCE = 24;
const IMAGE = { height: 24, width: 24 };

type Lora = NonNullable<Extract<ExperimentInput["policy"], { kind: "checkpoint" }>["lora"]>;

interface Case {
  name: string;
  family: "llava_next" | "qwen2_5_vl" | "qwen2" | null;
  dtype: "float32" | "bfloat16";
  lora: Lora | null;
  isVisionFrozen?: boolean;
}

/** Every kind of policy, precision and adapter, each small: what torch holds of it against what is planned. */
const CASES: readonly Case[] = [
  { name: "the embedded default", family: null, dtype: "float32", lora: null, isVisionFrozen: false },
  {
    name: "adapters everywhere in bfloat16",
    family: "llava_next",
    dtype: "bfloat16",
    lora: { rank: 4, dropout: 0, targets: "everything" },
  },
  { name: "all weights under autocast, a frozen tower", family: "llava_next", dtype: "bfloat16", lora: null },
  { name: "a text model's adapters in float32", family: "qwen2", dtype: "float32", lora: { rank: 8, dropout: 0 } },
  {
    name: "Qwen2.5-VL's language adapters",
    family: "qwen2_5_vl",
    dtype: "bfloat16",
    lora: { rank: 4, dropout: 0, targets: "language" },
  },
  { name: "all of Qwen2.5-VL", family: "qwen2_5_vl", dtype: "float32", lora: null, isVisionFrozen: false },
];

describe("planned bytes against torch", () => {
  const folder = temporaryFolder();
  let measured: Record<string, number>[] = [];

  before(async function () {
    this.timeout(120_000);
    const cases = CASES.map(({ family }, index) => ({ family, stage: "rl", build: buildParams(index) }));
    const [python = ""] = pythonCommand();
    const environment = pythonEnvironment(1);
    const tests = fileURLToPath(new URL("../../python/tests", import.meta.url));
    const { stdout } = await execa(python, [fileURLToPath(new URL("torch_bytes.py", import.meta.url))], {
      input: JSON.stringify(cases),
      env: { ...environment, PYTHONPATH: `${environment.PYTHONPATH}:${tests}` },
    });
    measured = JSON.parse(stdout);
  });

  for (const [index, { name }] of CASES.entries()) {
    it(`is exact for weights, gradients and optimisers: ${name}`, () => {
      const experiment = planned(index);
      const workload = { prompt: 1, image: { prompt: 0, vision: 0 }, utterance: range(1), episodeSteps: range(1) };
      const { reference, critics, ...resident } = residentMemory(experiment, shapeOf(experiment.policy), {
        ...workload,
        factorLabels: [3],
      });
      const { kept: _, prompt: __, ...parts } = measured[index] ?? {};
      expect(resident).to.deep.equal(parts);
      expect({ reference, critics }).to.deep.equal({ reference: 0, critics: 0 });
    });

    it(`is within a tenth of what autograd keeps: ${name}`, () => {
      const experiment = planned(index);
      const shape = shapeOf(experiment.policy);
      const learning = learningOf(experiment, "rl");
      const { kept = 0, prompt = 0 } = measured[index] ?? {};
      const sequence = prompt + UTTERANCE;
      const text = ROWS * sequence * shape.text.layers * keptTextBytes(shape.text, learning, sequence);
      const { vision } = shape;
      const seen = vision === null || !hasLearningVision(experiment) ? 0 : imageTokens(vision, IMAGE).vision;
      const used = vision?.kind === "tiles" ? vision.usedLayers : (vision?.layers ?? 0);
      const tower = vision === null ? 0 : ROWS * seen * used * keptVisionBytes(vision, learning);
      const edges = keptEdgeBytes(shape, learning, ROWS * sequence, ROWS * seen);
      expect((text + tower + edges) / kept).to.be.within(0.9, 1.1);
    });
  }

  function planned(index: number): Experiment {
    const { dtype, lora, isVisionFrozen = true } = CASES[index] as Case;
    return defineExperiment({
      name: "planned",
      environment: { id: "numberline" },
      policy: { kind: "checkpoint", path: folder(String(index)), lora, isVisionFrozen },
      worker: { dtype },
      guards: { maxLogProbGap: null },
      scm: {},
      entropy: { kind: "causal", coefficient: 0.1 },
      iterations: 1,
    });
  }

  function buildParams(index: number): object {
    const experiment = planned(index);
    const { policy: embedded } = smallExperiment();
    const directory = folder(String(index));
    const { encoder, pooling } = experiment.scm ?? {};
    return {
      seed: 1,
      device: "cpu",
      dtype: experiment.worker.dtype,
      policy:
        CASES[index]?.family === null
          ? { ...embedded, directory, corpus: ["Move to the target.", '{"thoughts": "up", "action": "+"}'] }
          : experiment.policy,
      engine: experiment.worker.engine,
      oldLogProbs: "sampled",
      factors: [{ name: "action", labels: ["+", "-", "invalid"] }],
      scm: { encoder, pooling },
      critics: null,
    };
  }
});

function range(value: number): { low: number; high: number } {
  return { low: value, high: value };
}
