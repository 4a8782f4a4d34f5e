import { z } from "zod";
import { actionFactor, criticSpec, engineSpec, policySpec, scmSpec } from "./agent.ts";
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

export const shareFolder = {
  params: z
    .strictObject({
      file: z.string().min(1).describe("Absolute path of a file that the client has just written."),
      content: z.string().describe("What is in it. The worker writes the same to `<file>.seen`."),
    })
    .meta({ id: "ShareFolderParams" }),
  result: z.strictObject({}).meta({ id: "ShareFolderResult" }),
};

export const build = {
  params: z
    .strictObject({
      seed,
      device: z.enum(["auto", "cpu", "cuda"]),
      dtype: z.enum(["float32", "bfloat16"]),
      policy: policySpec,
      engine: engineSpec,
      oldLogProbs: z
        .enum(["sampled", "recomputed", "at-update"])
        .describe(
          "Log-probs of kept steps: those of sampling, or those of a training pass that follows it, at once or by `readAgain`.",
        ),
      factors: z.array(actionFactor).min(1),
      scm: scmSpec.nullable(),
      critics: criticSpec.nullable().describe("null: none."),
    })
    .meta({ id: "BuildParams" }),
  result: z
    .strictObject({
      policyParameters: count,
      learningPolicyParameters: count.describe("Those that learn: all, or the adapters alone."),
      valueHeadParameters: count,
      scmParameters: count,
      criticParameters: count.describe("Those that learn."),
      vocabularySize: positive,
      nullText: z.string().describe("What the token that stands for y_null looks like as text."),
      device: z.string(),
    })
    .meta({ id: "BuildResult" }),
};

/** Each image is a file of its own, `<SHA-256 of size and pixels>.png`, so that checkpoints of one run share them. */
const keptImages = z.string().min(1).nullable();

export const save = {
  params: z
    .strictObject({
      directory: z.string().min(1),
      parts: z.enum(["all", "agent"]).describe("`agent`: what is needed to act and to weigh; `all`: to go on."),
      images: keptImages.describe("Folder that images of kept steps go to with `all`; null: kept steps are not saved."),
    })
    .meta({ id: "SaveParams" }),
  result: z.strictObject({ bytes: count }).meta({ id: "SaveResult" }),
};

export const load = {
  params: z
    .strictObject({
      directory: z.string().min(1),
      images: keptImages.describe("The folder that `save` was given; null: kept steps stay as they are."),
    })
    .meta({ id: "LoadParams" }),
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
