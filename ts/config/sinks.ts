import { z } from "zod";

const label = z.string().min(1);

const tensorboard = z.strictObject({ kind: z.literal("tensorboard") });

const wandb = z.strictObject({
  kind: z.literal("wandb"),
  project: label.default("coso"),
  entity: label.nullable().default(null).describe("User or team; null: W&B's default."),
  group: label.nullable().default(null),
  tags: z.array(label).default([]),
  mode: z
    .enum(["online", "offline", "disabled"])
    .nullable()
    .default(null)
    .describe("null: what WANDB_MODE says, online without it. One mode for the whole of a run."),
});

/** Where a run's figures are shown beside its own `metrics.jsonl`; decides nothing about its results. */
export const sinks = z
  .array(z.discriminatedUnion("kind", [tensorboard, wandb]))
  .refine((all) => new Set(all.map(({ kind }) => kind)).size === all.length, "expected each kind once")
  .default([])
  .describe("Beside metrics.jsonl, where the figures go: TensorBoard, Weights & Biases.");

export type SinkSettings = z.output<typeof sinks>[number];
