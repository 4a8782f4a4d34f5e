import { z } from "zod";
import { transformersEngine, vllmEngine } from "../protocol/messages/agent.ts";

/** Where tensors are computed, and what says the utterances. */

const positive = z.int().min(1);

const engine = z.discriminatedUnion("kind", [
  transformersEngine.extend({
    slots: transformersEngine.shape.slots.default(64),
    ownProcess: transformersEngine.shape.ownProcess.default(false),
    cudaDevice: transformersEngine.shape.cudaDevice.default(null),
  }),
  vllmEngine.extend({
    python: vllmEngine.shape.python
      .nullable()
      .default(null)
      .describe(
        "Interpreter of the environment that vLLM is installed in; null: `COSO_VLLM_PYTHON`, or `.vllm-venv` beside `.venv`.",
      ),
    slots: vllmEngine.shape.slots.default(256),
    memoryShare: vllmEngine.shape.memoryShare.default(0.4),
    cacheGigabytes: vllmEngine.shape.cacheGigabytes.default(null),
    sleep: vllmEngine.shape.sleep.default(false),
    cudaDevice: vllmEngine.shape.cudaDevice.default(null),
  }),
]);

export const worker = z.strictObject({
  device: z.enum(["auto", "cpu", "cuda"]).default("auto"),
  dtype: z
    .enum(["float32", "bfloat16"])
    .default("float32")
    .describe("Of computation and of weights that never change; weights that learn are kept in float32."),
  threads: positive
    .default(1)
    .describe("CPU threads of the worker; results may differ in the last bit between counts."),
  engine: engine.prefault({ kind: "transformers" }).describe("What says the utterances."),
  connect: z
    .string()
    .min(1)
    .nullable()
    .default(null)
    .describe(
      "Key file of a worker on another host, as `coso worker` writes it, relative to the working directory; null: a worker of its own.",
    ),
  launcher: z
    .enum(["single", "torchrun"])
    .default("single")
    .describe("What starts the worker: nobody else, or torchrun, as several processes that share every batch."),
  processes: positive
    .default(1)
    .describe("Of torchrun, on this machine: one a CUDA device. May change when a run is resumed."),
});
