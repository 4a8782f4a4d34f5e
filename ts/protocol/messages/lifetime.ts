import { z } from "zod";
import { actionFactor, policySpec, scmSpec } from "./agent.ts";
import { count, positive, seed } from "./scalars.ts";

/** A worker's life: greeting, building, disk, accounts, end. */

export const hello = {
  params: z.strictObject({ protocol: z.string(), client: z.string() }).meta({ id: "HelloParams" }),
  result: z
    .strictObject({
      protocol: z.string().describe("SHA-256 of the JSON Schema, hexadecimal."),
      versions: z.record(z.string(), z.string()),
      device: z.string(),
      threads: positive,
      pid: positive,
    })
    .meta({ id: "HelloResult" }),
};

export const build = {
  params: z
    .strictObject({
      seed,
      device: z.enum(["auto", "cpu", "cuda"]),
      dtype: z.enum(["float32", "bfloat16"]),
      policy: policySpec,
      factors: z.array(actionFactor).min(1),
      scm: scmSpec.nullable(),
    })
    .meta({ id: "BuildParams" }),
  result: z
    .strictObject({
      policyParameters: count,
      learningPolicyParameters: count.describe("Those that learn: all, or the adapters alone."),
      valueHeadParameters: count,
      scmParameters: count,
      vocabularySize: positive,
      nullText: z.string().describe("What the token that stands for y_null looks like as text."),
      device: z.string(),
    })
    .meta({ id: "BuildResult" }),
};

export const save = {
  params: z
    .strictObject({
      directory: z.string().min(1),
      parts: z.enum(["all", "agent"]).describe("`agent`: what is needed to act and to weigh; `all`: to go on."),
    })
    .meta({ id: "SaveParams" }),
  result: z.strictObject({ bytes: count }).meta({ id: "SaveResult" }),
};

export const load = {
  params: z.strictObject({ directory: z.string().min(1) }).meta({ id: "LoadParams" }),
  result: z.strictObject({ parts: z.enum(["all", "agent"]) }).meta({ id: "LoadResult" }),
};

export const stats = {
  params: z.strictObject({}).meta({ id: "StatsParams" }),
  result: z
    .strictObject({
      peakMemoryBytes: count.describe("Resident on the host."),
      peakDeviceMemoryBytes: count.describe("0 without an accelerator."),
      peakMemoryByMethod: z
        .record(z.string(), count)
        .describe("Bytes, the highest while each method ran: on the accelerator if there is one, else resident."),
      keptSteps: count,
      seconds: z.record(z.string(), z.number()).describe("Spent in each method since the start."),
    })
    .meta({ id: "StatsResult" }),
};

export const shutdown = {
  params: z.strictObject({}).meta({ id: "ShutdownParams" }),
  result: z.strictObject({}).meta({ id: "ShutdownResult" }),
};
